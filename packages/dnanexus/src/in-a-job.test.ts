import { describe, expect, it } from "vitest";

import { canary, context, createSandbox, fakeDNAnexus } from "./fixtures/sandbox.ts";
import { decodeIdentityToken, dnanexus, jobIdentityToken } from "./index.ts";

const job = { id: "job-BBBBBBBBBBBBBBBBBBBBBBBB", projectId: "project-AAAAAAAAAAAAAAAAAAAAAAAA" };
const workspaceId = "container-DDDDDDDDDDDDDDDDDDDDDDDD";

describe("in a job", () => {
  it("uses the job's own token, and reports the job", async () => {
    const fake = await fakeDNAnexus();
    const env = fake.jobEnvironment({ ...job, workspaceId, launchedWith: canary });
    const { identity, token } = await dnanexus({ env }).verify();
    expect(identity).toEqual({ kind: "user", id: "user-alice", job: { ...job, workspaceId } });
    expect(token.source).toBe(`env DX_SECURITY_CONTEXT (job ${job.id})`);
  });

  it("is not looked for where the program brings both token and address", async () => {
    const read: string[] = [];
    const env = new Proxy<Record<string, string>>(
      { DX_JOB_ID: "foobar" },
      {
        getOwnPropertyDescriptor(target, name) {
          read.push(String(name));
          return Reflect.getOwnPropertyDescriptor(target, name);
        },
      },
    );
    const fake = await fakeDNAnexus();
    const auth = createSandbox().provider({ env, token: canary, baseUrl: fake.url });
    expect((await auth.verify()).identity).toEqual({ kind: "user", id: "user-alice" });
    expect((await auth.explain()).warnings).toEqual([]);
    expect(read).not.toContain("DX_JOB_ID");
    expect(read).not.toEqual([]);
  });

  it("reports no job for a token that is not the job's", async () => {
    const fake = await fakeDNAnexus();
    const { identity } = await dnanexus({ env: fake.jobEnvironment(job), token: canary }).verify();
    expect(identity).toEqual({ kind: "user", id: "user-alice" });
  });

  it("explains what the job's token may not do, and keeps it", async () => {
    const project = { id: job.projectId, name: "demo", members: { alice: "ADMINISTER" } };
    const fake = await fakeDNAnexus({ projects: [project] });
    const auth = dnanexus({ env: fake.jobEnvironment({ ...job, launchedWith: canary }) });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
    const response = await auth.fetch(`/${job.projectId}/describe`, init);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { type: "PermissionDenied" } });
    expect(fake.requests).toHaveLength(1);
    fake.script("/system/whoami", { type: "PermissionDenied" });
    await expect(auth.verify()).rejects.toMatchObject({
      remedy: expect.stringContaining("`access` entry of dxapp.json"),
    });
  });

  it("says that its refused token ended with the one that launched it", async () => {
    const fake = await fakeDNAnexus();
    const auth = dnanexus({ env: fake.jobEnvironment({ launchedWith: canary }) });
    fake.revokeToken(canary);
    await expect(auth.verify()).rejects.toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      remedy: expect.stringContaining("Launch the job anew"),
    });
  });

  it("is known by the saved files alone, as dx setenv --current writes them", async () => {
    const { home, paths, provider, write } = createSandbox();
    const fake = await fakeDNAnexus();
    const { HOME: _, ...saved } = fake.jobEnvironment({ ...job, workspaceId, launchedWith: canary });
    write(paths.user, saved);
    const auth = provider({ env: { HOME: home } });
    const { identity, token } = await auth.verify();
    expect(identity).toEqual({ kind: "user", id: "user-alice", job: { ...job, workspaceId } });
    expect(token.source).toBe(`file ${paths.user} (job ${job.id})`);
    const jwt = jobIdentityToken(auth, { audience: "a" });
    expect(jwt.job()).toBe(job.id);
    expect(decodeIdentityToken((await jwt.token()).reveal()).jobId).toBe(job.id);
    fake.script("/system/whoami", { type: "PermissionDenied" });
    await expect(auth.verify()).rejects.toMatchObject({
      remedy: expect.stringContaining("`access` entry of dxapp.json"),
    });
    fake.revokeToken(canary);
    await expect(auth.verify()).rejects.toMatchObject({
      remedy: expect.stringContaining("Launch the job anew"),
    });
  });

  it("is that of the place with the token, and no other place's", async () => {
    const { home, paths, provider, write } = createSandbox();
    const fake = await fakeDNAnexus();
    const { DX_JOB_ID, ...others } = fake.jobEnvironment({ ...job, launchedWith: canary });
    write(paths.user, { DX_JOB_ID, DX_PROJECT_CONTEXT_ID: job.projectId });
    const byVariables = provider({ env: { HOME: home, ...others } });
    expect((await byVariables.verify()).identity).toEqual({ kind: "user", id: "user-alice" });
    const brought = provider({ env: { HOME: home, ...fake.environment() }, token: canary });
    expect((await brought.verify()).identity).toEqual({ kind: "user", id: "user-alice" });
    expect(jobIdentityToken(brought, { audience: "a" }).job()).toBeUndefined();
  });

  const privately = {
    DX_APISERVER_PROTOCOL: "http",
    DX_APISERVER_HOST: "10.0.3.1",
    DX_APISERVER_PORT: "8124",
  };

  it("may have an API server with plain http, given by the platform", async () => {
    const env = { ...privately, DX_JOB_ID: job.id, DX_SECURITY_CONTEXT: context(canary) };
    const auth = createSandbox().provider({ env });
    expect(auth.origins).toEqual(["http://10.0.3.1:8124"]);
    expect(await auth.headers("/system/whoami")).toEqual({ authorization: `Bearer ${canary}` });
  });

  it.each([
    "api.dnanexus.com",
    "dnanexus.com.",
    "example.com",
    "10.0.3.1.nip.io",
    "internal.example",
    "8.8.8.8",
    "8.8.8.8.",
    "0x08080808",
    "134744072",
    "010.8.8.8",
    "8.8.2056",
    "0.0.0.0",
    "172.32.0.1",
    "192.169.0.1",
    "[2001:db8::1]",
    "[::ffff:8.8.8.8]",
    "[::ffff:808:808]",
    "[::8.8.8.8]",
    "[64:ff9b::808:808]",
    "[2002:808:808::1]",
    "[fec0::1]",
    "[::]",
  ])("takes no plain http for an address that is not private: %s", (DX_APISERVER_HOST) => {
    const env = {
      ...privately,
      DX_APISERVER_HOST,
      DX_JOB_ID: job.id,
      DX_SECURITY_CONTEXT: context(canary),
    };
    expect(() => createSandbox().provider({ env }).baseUrl).toThrow(
      expect.objectContaining({ code: "AUTH_PROVIDER_INVALID" }),
    );
  });

  it.each([
    "172.16.0.1",
    "192.168.1.1",
    "169.254.1.1",
    "[fd00::1]",
    "apiserver",
    "apiserver.internal",
    "APISERVER.Internal.",
    "0x0a000301",
    "10.769",
    "[::ffff:10.0.3.1]",
    "[::ffff:a00:301]",
  ])("takes it for a private one: %s", (DX_APISERVER_HOST) => {
    const env = {
      ...privately,
      DX_APISERVER_HOST,
      DX_JOB_ID: job.id,
      DX_SECURITY_CONTEXT: context(canary),
    };
    expect(createSandbox().provider({ env }).origins).toHaveLength(1);
  });

  it.each([
    ["an id that looks like none", { DX_JOB_ID: "foobar" }],
    ["an id that is longer", { DX_JOB_ID: `${job.id}B` }],
    ["no token of the job's", { DX_SECURITY_CONTEXT: "" }],
  ])("takes no plain http in what only looks like a job: %s", (_, variables) => {
    const env = {
      ...privately,
      DX_JOB_ID: job.id,
      DX_SECURITY_CONTEXT: context(canary),
      ...variables,
    };
    const auth = createSandbox().provider({ env, token: canary });
    expect(() => auth.baseUrl).toThrow(expect.objectContaining({ code: "AUTH_PROVIDER_INVALID" }));
  });

  it("takes no plain http from a file, and none from an option", () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, privately);
    const refused = expect.objectContaining({ code: "AUTH_PROVIDER_INVALID" });
    const env = { HOME: home, DX_JOB_ID: job.id };
    expect(() => provider({ env }).baseUrl).toThrow(refused);
    expect(() => provider({ env: { ...env, DX_APISERVER_PROTOCOL: "http" } }).baseUrl).toThrow(refused);
    const publicHost = { DX_JOB_ID: job.id, DX_APISERVER_PROTOCOL: "http" };
    expect(() => createSandbox().provider({ env: publicHost }).baseUrl).toThrow(refused);
    expect(() => provider({ env, baseUrl: "http://10.0.3.1:8124" }).baseUrl).toThrow(refused);
  });

  it("is the only place where plain http may lead beyond loopback", () => {
    expect(() => createSandbox().provider({ env: privately }).baseUrl).toThrow(
      expect.objectContaining({
        code: "AUTH_PROVIDER_INVALID",
        message: expect.stringContaining("plain http"),
      }),
    );
  });
});
