import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { canary, fakeDNAnexus } from "./fixtures/sandbox.ts";
import { type Auth, dnanexus } from "./index.ts";

const project = { id: "project-AAAAAAAAAAAAAAAAAAAAAAAA", name: "demo", members: { alice: "ADMINISTER" } };
const other = { id: "project-EEEEEEEEEEEEEEEEEEEEEEEE", name: "other", members: { alice: "ADMINISTER" } };
const init = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };

async function ask(auth: Auth, path: string): Promise<Response> {
  return auth.fetch(path, init);
}

describe("errorOf", () => {
  it.each([
    ["its own project", project.id, '{"project": "VIEW"}'],
    ["another project", other.id, '{"allProjects": "VIEW"}'],
  ])("names the access entry that lets a job into %s", async (_, id, entry) => {
    const fake = await fakeDNAnexus({ projects: [project, other] });
    const auth = dnanexus({ env: fake.jobEnvironment({ projectId: project.id, launchedWith: canary }) });
    const response = await ask(auth, `/${id}/describe`);
    const error = await auth.errorOf(response);
    expect(error).toMatchObject({
      code: "AUTH_PERMISSION_DENIED",
      status: 401,
      requestId: expect.stringMatching(/^\d{13}-\d+$/),
      message: expect.stringContaining(`PermissionDenied: VIEW permission required in ${id}`),
      remedy: `Widen the \`access\` entry of dxapp.json by ${entry} and build anew: a job's token may do less than the user who launched it.`,
    });
    expect(await response.json()).toMatchObject({ error: { type: "PermissionDenied" } });
    expect(fake.requests).toHaveLength(1);
    // With that entry, the same call is let through.
    const access = entry.includes("allProjects") ? { allProjects: "VIEW" } : { project: "VIEW" };
    const wide = dnanexus({
      env: fake.jobEnvironment({ projectId: project.id, launchedWith: canary, access }),
    });
    expect((await ask(wide, `/${id}/describe`)).status).toBe(200);
  });

  it("says what became of the token of a job, and of its sub-jobs, when the launching one is revoked", async () => {
    const fake = await fakeDNAnexus();
    const env = fake.jobEnvironment({ launchedWith: canary });
    const subEnv = fake.jobEnvironment({ parentJob: env["DX_JOB_ID"] ?? "" });
    const [auth, sub] = [dnanexus({ env }), dnanexus({ env: subEnv })];
    expect((await sub.verify()).identity.job).toEqual({
      id: subEnv["DX_JOB_ID"],
      projectId: env["DX_PROJECT_CONTEXT_ID"],
      workspaceId: env["DX_WORKSPACE_ID"],
    });
    fake.revokeToken(canary);
    for (const one of [auth, sub]) {
      expect(await one.errorOf(await ask(one, "/system/whoami"))).toMatchObject({
        code: "AUTH_TOKEN_REJECTED",
        remedy:
          "Launch the job anew: its token ends with the one that launched it, which was revoked or has expired.",
      });
      await expect(one.verify()).rejects.toMatchObject({
        remedy: expect.stringContaining("Launch the job anew"),
      });
    }
  });

  it("says nothing of a job for a token that is not the job's", async () => {
    const fake = await fakeDNAnexus({ projects: [other], tokens: { [canary]: "bob" } });
    const auth = dnanexus({ env: fake.jobEnvironment(), token: canary });
    const error = await auth.errorOf(await ask(auth, `/${other.id}/describe`));
    expect(error).toMatchObject({ code: "AUTH_PERMISSION_DENIED" });
    expect(error?.remedy).not.toContain("access");
  });

  it("is undefined where the answer is not about the token", async () => {
    const fake = await fakeDNAnexus();
    const auth = dnanexus({ env: fake.environment(canary) });
    expect(await auth.errorOf(await ask(auth, "/system/whoami"))).toBeUndefined();
    expect(await auth.errorOf(await ask(auth, "/user-nobody/describe"))).toBeUndefined();
    const foreign = await fakeDNAnexus();
    expect(await auth.errorOf(await ask(auth, `${foreign.url}/system/whoami`))).toBeUndefined();
    expect(await auth.errorOf(new Response("", { status: 401 }))).toBeUndefined();
  });

  it("tells the wait of a throttled call, and judges by the status where the body has been read", async () => {
    const fake = await fakeDNAnexus();
    const auth = dnanexus({ env: fake.environment(canary) });
    fake.script("/system/whoami", { status: 429, retryAfter: 7, body: "busy" });
    const response = await ask(auth, "/system/whoami");
    await response.text();
    expect(await auth.errorOf(response)).toMatchObject({
      code: "AUTH_RATE_LIMITED",
      retryAfterMs: 7_000,
    });
  });

  it("masks the token where the service echoes it", async () => {
    const fake = await fakeDNAnexus();
    const auth = dnanexus({ env: fake.environment(canary) });
    fake.script("/system/whoami", { type: "PermissionDenied", message: `no: ${canary}` });
    const error = await auth.errorOf(await ask(auth, "/system/whoami"));
    expect(error?.message).toContain("no: [token]");
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(canary);
  });
});
