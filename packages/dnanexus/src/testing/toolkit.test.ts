import { describe, expect, it } from "vitest";

import { demoDNAnexus, dx, failed, project } from "../fixtures/dx.ts";
import { canary } from "../fixtures/sandbox.ts";

// The toolkit is not at hand wherever these tests run: its requests are sent as they were recorded, and what comes back is
// held against what its code looks at.

describe("a client's environment", () => {
  it("leads to one address for both servers, with the scheme that the toolkit lacks", async () => {
    const fake = await demoDNAnexus();
    const { port } = new URL(fake.url);
    const addresses = {
      DX_APISERVER_PROTOCOL: "http",
      DX_APISERVER_HOST: "127.0.0.1",
      DX_APISERVER_PORT: port,
      DX_AUTHSERVER_HOST: "http://127.0.0.1",
      DX_AUTHSERVER_PORT: port,
    };
    expect(fake.environment()).toEqual(addresses);
    const { DX_SECURITY_CONTEXT = "", ...rest } = fake.environment(canary);
    expect(rest).toEqual(addresses);
    expect(JSON.parse(DX_SECURITY_CONTEXT)).toEqual({ auth_token_type: "Bearer", auth_token: canary });
    // A job's API server is its own, and nothing leads it to an auth server.
    expect(Object.keys(fake.jobEnvironment({ launchedWith: canary })).toSorted()).toEqual([
      "DX_APISERVER_HOST",
      "DX_APISERVER_PORT",
      "DX_APISERVER_PROTOCOL",
      "DX_JOB_ID",
      "DX_PROJECT_CONTEXT_ID",
      "DX_SECURITY_CONTEXT",
      "DX_WORKSPACE_ID",
      "HOME",
    ]);
  });
});

describe("dx whoami", () => {
  it("asks for the id, and then for the handle", async () => {
    const fake = await demoDNAnexus();
    expect((await dx(fake, "/system/whoami", {}, { token: canary })).body).toEqual({ id: "user-alice" });
    expect((await dx(fake, "/user-alice/describe", {}, { token: canary })).body).toMatchObject({
      id: "user-alice",
      class: "user",
      handle: "alice",
    });
  });
});

describe("dx api", () => {
  it("is told what is wrong in the words that its exceptions are made of", async () => {
    const fake = await demoDNAnexus();
    expect(await dx(fake, "/system/whoami")).toMatchObject({
      status: 401,
      body: failed("InvalidAuthentication", "You need to be logged in to use this method"),
      headers: { "x-request-id": expect.stringMatching(/^\d{13}-\d{1,6}$/) },
    });
    expect(await dx(fake, "/system/nothing", {}, { token: canary })).toMatchObject({
      status: 404,
      body: failed("ResourceNotFound"),
    });
  });

  it("is answered with 200 and JSON alone, the version, and no redirect", async () => {
    const fake = await demoDNAnexus();
    const calls = ["/system/whoami", "/system/findProjects", "/system/greet", "/user-alice/describe"];
    for (const path of calls) {
      expect(await dx(fake, path, {}, { token: canary })).toMatchObject({
        status: 200,
        headers: {
          "content-type": "application/json",
          "x-content-type-options": "nosniff",
          "dnanexus-api": "1.0.0",
        },
        body: expect.any(Object),
      });
    }
  });

  it("may spell the scheme as it was stored, name a charset, and add a query", async () => {
    const fake = await demoDNAnexus();
    for (const type of ["bearer", "Bearer", "BEARER"])
      expect((await dx(fake, "/system/whoami?x=1", {}, { token: canary, type })).status).toBe(200);
    const headers = { "Content-Type": "application/json; charset=utf-8" };
    expect((await dx(fake, "/system/whoami", {}, { token: canary, headers })).status).toBe(200);
    expect((await dx(fake, "/system/whoami", {}, { token: canary, type: "Basic" })).status).toBe(401);
  });

  it("is throttled by the test systems' own route", async () => {
    let now = 1_766_000_000_000;
    const fake = await demoDNAnexus({ now: () => now });
    const input = { waitUntil: now + 5_000, setRetryAfter: true };
    expect(await dx(fake, "/system/comeBackLater", input)).toMatchObject({
      status: 503,
      headers: { "retry-after": "2" },
      body: failed("ServiceUnavailable"),
    });
    const untold = await dx(fake, "/system/comeBackLater", { ...input, setRetryAfter: false });
    expect(untold.headers["retry-after"]).toBeUndefined();
    now += 5_000;
    expect((await dx(fake, "/system/comeBackLater", input)).body).toEqual({ currentTime: now });
  });

  it("sees the upgrade notice that a script adds to an ordinary answer", async () => {
    const fake = await demoDNAnexus();
    fake.script("/system/whoami", { headers: { "X-Upgrade-Info": "A recommended update is available" } });
    expect(await dx(fake, "/system/whoami", {}, { token: canary })).toMatchObject({
      headers: { "x-upgrade-info": "A recommended update is available" },
      body: { id: "user-alice" },
    });
  });
});

describe("in a job", () => {
  it("dx-jobutil-get-identity-token gets a token under a capital letter", async () => {
    const fake = await demoDNAnexus();
    const env = fake.jobEnvironment({ launchedWith: canary, token: "of-the-job" });
    const path = `/${env["DX_JOB_ID"]}/getIdentityToken`;
    const asked = { audience: "a", subject_claims: ["job_id", "project_id"] };
    const { body } = await dx(fake, path, asked, { token: "of-the-job" });
    expect(body).toEqual({ Token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) });
  });

  it("a sub-job shares its parent's workspace, tree and end", async () => {
    const fake = await demoDNAnexus();
    const parent = fake.jobEnvironment({ launchedWith: canary, token: "of-the-parent" });
    const env = fake.jobEnvironment({ parentJob: parent["DX_JOB_ID"] ?? "", token: "of-the-sub-job" });
    expect(env["DX_JOB_ID"]).not.toBe(parent["DX_JOB_ID"]);
    expect(env["DX_WORKSPACE_ID"]).toBe(parent["DX_WORKSPACE_ID"]);
    const described = await dx(fake, `/${env["DX_JOB_ID"]}/describe`, {}, { token: "of-the-sub-job" });
    expect(described.body).toMatchObject({
      class: "job",
      parentJob: parent["DX_JOB_ID"],
      rootExecution: parent["DX_JOB_ID"],
      workspace: parent["DX_WORKSPACE_ID"],
      launchedBy: "user-alice",
      state: "running",
    });
    fake.revokeToken(canary);
    for (const token of ["of-the-parent", "of-the-sub-job"])
      expect((await dx(fake, "/system/whoami", {}, { token })).status).toBe(401);
    fake.addToken("another", "alice");
    const later = await dx(fake, `/${env["DX_JOB_ID"]}/describe`, {}, { token: "another" });
    expect(later.body).toMatchObject({ state: "failed", failureReason: "AuthError" });
  });
});

describe("a page of another origin", () => {
  it("may ask, and read the answer", async () => {
    const fake = await demoDNAnexus();
    const origin = "https://app.example.com";
    const asking = {
      Origin: origin,
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "authorization, content-type",
    };
    expect(await dx(fake, "/system/whoami", "", { method: "OPTIONS", headers: asking })).toMatchObject({
      status: 200,
      headers: {
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "authorization, content-type",
      },
    });
    const other = { ...asking, "Access-Control-Request-Method": "DELETE" };
    expect((await dx(fake, "/system/whoami", "", { method: "OPTIONS", headers: other })).status).toBe(404);
    for (const token of [canary, "unknown"]) {
      const answer = await dx(fake, "/system/whoami", {}, { token, headers: { Origin: origin } });
      expect(answer.headers["access-control-allow-origin"]).toBe(origin);
    }
    expect((await dx(fake, "/system/whoami")).headers["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("dx select and dx tree", () => {
  const folders = ["/results/2026", "/raw"];
  const demo = { ...project, folders };
  const other = { id: `project-${"B".repeat(24)}`, name: "other (1)", members: { alice: "VIEW" } };
  const ask = async (path: string, input: unknown) => {
    const fake = await demoDNAnexus({ projects: [demo, other] });
    return dx(fake, path, input, { token: canary });
  };
  const named = async (name: unknown) => {
    const { body } = await ask("/system/findProjects", { name, level: "VIEW", describe: true, limit: 100 });
    return (body as { results: { describe: { name: string } }[] }).results.map(
      ({ describe: found }) => found.name,
    );
  };

  it.each([
    ["demo", ["demo"]],
    ["dem", []],
    ["Demo", []],
    [{ glob: "*e*" }, ["demo", "other (1)"]],
    [{ glob: "other (?)" }, ["other (1)"]],
    [{ glob: "de.o" }, []],
    [{ regexp: "^d.*o$" }, ["demo"]],
    [null, ["demo", "other (1)"]],
  ])("finds projects by name: %j", async (name, found) => {
    expect(await named(name)).toEqual(found);
  });

  it.each([[5], [{}], [{ regexp: "(" }]])("refuses a name that is none: %j", async (name) => {
    expect(await ask("/system/findProjects", { name })).toMatchObject({
      status: 422,
      body: failed("InvalidInput"),
    });
  });

  it("selects a project that it may see, and changes to a folder of it", async () => {
    const path = `/${demo.id}/listFolder`;
    const input = { folder: "/", describe: false, only: "folders", includeHidden: false };
    expect((await ask(path, input)).body).toEqual({ folders: ["/raw", "/results"] });
    expect((await ask(path, { folder: "/results/", only: "all" })).body).toEqual({
      folders: ["/results/2026"],
      objects: [],
    });
    expect((await ask(path, {})).body).toEqual({ folders: ["/raw", "/results"], objects: [] });
    expect(await ask(path, { folder: "/nowhere" })).toMatchObject({
      status: 404,
      body: failed("ResourceNotFound"),
    });
    expect(await ask(path, { folder: "raw" })).toMatchObject({ status: 422, body: failed("InvalidInput") });
    expect(await ask(`/project-${"Z".repeat(24)}/listFolder`, {})).toMatchObject({ status: 404 });
  });

  it("draws the folders, in which there is nothing", async () => {
    expect((await ask(`/${demo.id}/describe`, { folders: true })).body).toMatchObject({
      name: "demo",
      folders: ["/", "/raw", "/results", "/results/2026"],
    });
    expect((await ask(`/${demo.id}/describe`, {})).body).not.toHaveProperty("folders");
    const scope = { project: demo.id, folder: "/", recurse: true };
    expect((await ask("/system/findDataObjects", { scope, limit: 100 })).body).toEqual({
      results: [],
      next: null,
    });
  });

  it("shows nothing of a project to a token that may not see it", async () => {
    const hidden = { ...demo, members: { bob: "ADMINISTER" } };
    const fake = await demoDNAnexus({ projects: [hidden] });
    const scope = { project: demo.id };
    for (const [path, input] of [
      [`/${demo.id}/listFolder`, {}],
      [`/${demo.id}/describe`, { folders: true }],
      ["/system/findDataObjects", { scope }],
    ] as const)
      expect(await dx(fake, path, input, { token: canary })).toMatchObject({
        status: 401,
        body: failed("PermissionDenied"),
      });
    const { body } = await dx(fake, "/system/findProjects", { name: "demo" }, { token: canary });
    expect(body).toEqual({ results: [], next: null });
  });
});
