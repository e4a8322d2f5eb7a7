import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";

import { describe, expect, it } from "vitest";

import { canary, fakeDNAnexus } from "../fixtures/sandbox.ts";
import type { FakeDNAnexus } from "./index.ts";
import { signatureOf } from "./token-store.ts";

// The toolkit is not at hand wherever these tests run: its requests are sent as they were recorded, and what comes back is
// held against what its code looks at.

const alice = { first: "Alice", last: "Liddell", password: "canary-dnanexus-0011223344556677" };
const project = {
  id: "project-AAAAAAAAAAAAAAAAAAAAAAAA",
  name: "demo",
  members: { alice: "ADMINISTER" },
};

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

interface Sent {
  readonly token?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
}

/** A request of dxpy 0.413.0, on a connection of its own: it drops its pool after each failure. */
async function dx(fake: FakeDNAnexus, path: string, input: unknown = {}, sent: Sent = {}): Promise<Answer> {
  const body = typeof input === "string" ? input : JSON.stringify(input);
  const { token, type = "bearer", headers = {}, method = "POST" } = sent;
  const outgoing = request(`${fake.url}${path}`, {
    method,
    agent: false,
    headers: {
      "Accept-Encoding": "identity",
      "Content-Length": String(Buffer.byteLength(body)),
      ...(token !== undefined && { Authorization: `${type} ${token}` }),
      "Content-Type": "application/json",
      "User-Agent": "dxpy/0.413.0 (Linux-6.x-x86_64-with-glibc2.36) Python/3.11.7 dx.py-whoami",
      "DNAnexus-API": "1.0.0",
      ...headers,
    },
  });
  outgoing.end(body);
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  // Without these, the toolkit hands a text to code that expects an object, or takes the answer for cut off.
  const { "content-type": kind = "", "content-length": length } = answer.headers;
  expect([kind, Number(length)]).toEqual(["application/json", Buffer.concat(chunks).length]);
  expect(answer.headers["content-encoding"]).toBeUndefined();
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    body: text === "" ? text : JSON.parse(text),
  };
}

const failed = (type: string, message: unknown = expect.any(String)): object => ({
  error: { type, message },
});

async function service(options: Parameters<typeof fakeDNAnexus>[0] = {}): Promise<FakeDNAnexus> {
  return fakeDNAnexus({ users: { alice }, projects: [project], ...options });
}

describe("a client's environment", () => {
  it("leads to one address for both servers, with the scheme that the toolkit lacks", async () => {
    const fake = await service();
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
    const fake = await service();
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
    const fake = await service();
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
    const fake = await service();
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
    const fake = await service();
    for (const type of ["bearer", "Bearer", "BEARER"])
      expect((await dx(fake, "/system/whoami?x=1", {}, { token: canary, type })).status).toBe(200);
    const headers = { "Content-Type": "application/json; charset=utf-8" };
    expect((await dx(fake, "/system/whoami", {}, { token: canary, headers })).status).toBe(200);
    expect((await dx(fake, "/system/whoami", {}, { token: canary, type: "Basic" })).status).toBe(401);
  });

  it("is throttled by the test systems' own route", async () => {
    let now = 1_766_000_000_000;
    const fake = await service({ now: () => now });
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
    const fake = await service();
    fake.script("/system/whoami", { headers: { "X-Upgrade-Info": "A recommended update is available" } });
    expect(await dx(fake, "/system/whoami", {}, { token: canary })).toMatchObject({
      headers: { "x-upgrade-info": "A recommended update is available" },
      body: { id: "user-alice" },
    });
  });
});

describe("dx login", () => {
  const attempt = (otp: unknown, password = alice.password): object => ({
    expires: 9e12,
    username: "alice",
    password,
    otp,
  });

  it("logs in with a password, then chooses a project", async () => {
    const fake = await service({ tokens: {} });
    const { body } = await dx(fake, "/system/newAuthToken", attempt(null));
    expect(body).toMatchObject({ token_type: "bearer", user_id: "user-alice" });
    const { access_token: token } = body as { access_token: string };
    const asked = { level: "CONTRIBUTE", describe: true, explicitPermission: true, limit: 10 };
    expect((await dx(fake, "/system/findProjects", asked, { token })).body).toEqual({
      results: [
        {
          id: project.id,
          level: "ADMINISTER",
          permissionSources: ["user-alice"],
          public: false,
          describe: { id: project.id, name: "demo" },
        },
      ],
      next: null,
    });
  });

  it("asks for the code only when it is told to, and again after a wrong one", async () => {
    const fake = await service({ users: { alice: { ...alice, otp: "123456" } } });
    expect(await dx(fake, "/system/newAuthToken", attempt(null))).toMatchObject({
      status: 400,
      body: failed("OTPRequiredError"),
    });
    expect((await dx(fake, "/system/newAuthToken", attempt("000000"))).body).toEqual(
      failed("OTPMismatchError"),
    );
    expect((await dx(fake, "/system/newAuthToken", attempt("123456"))).status).toBe(200);
  });

  it("finds an account closed after too many failures, until the time is over", async () => {
    let now = 1_766_000_000_000;
    const lockout = { attempts: 3, durationMs: 60_000 };
    const fake = await service({ now: () => now, lockout });
    for (const _ of [1, 2, 3]) {
      const { body } = await dx(fake, "/system/newAuthToken", attempt(null, "wrong"));
      expect(body).toEqual(failed("UsernameOrPasswordError"));
    }
    expect(await dx(fake, "/system/newAuthToken", attempt(null))).toMatchObject({
      status: 400,
      body: failed("AccountLockedError"),
    });
    now += 60_000;
    expect((await dx(fake, "/system/newAuthToken", attempt(null))).status).toBe(200);
    for (const _ of [1, 2]) await dx(fake, "/system/newAuthToken", attempt(null, "wrong"));
    expect((await dx(fake, "/system/newAuthToken", attempt(null))).status).toBe(200);
    expect((await dx(fake, "/system/newAuthToken", attempt(null, "wrong"))).body).toEqual(
      failed("UsernameOrPasswordError"),
    );
  });

  it("with a token asks for the user's name", async () => {
    const fake = await service();
    expect((await dx(fake, "/system/getUserInfo", {}, { token: canary })).body).toEqual({
      username: "alice",
    });
    expect((await dx(fake, "/system/getUserInfo", {}, { token: "unknown" })).body).toEqual(
      failed("InvalidAuthentication", "the token could not be found"),
    );
    expect((await dx(fake, "/system/greet", { client: "dxclient", version: "v0.413.0" })).body).toEqual({
      messages: [],
    });
  });

  it("makes a narrower token, or a code for a job's web application, of the one it has", async () => {
    const fake = await service();
    const scope = { projects: { [project.id]: "VIEW" }, phiAccess: false };
    await dx(fake, "/system/newAuthToken", { label: "narrow", scope }, { token: canary });
    expect(fake.tokens()).toMatchObject([
      {},
      { label: "narrow", scope, parentSignature: signatureOf(canary) },
    ]);
    const { body } = await dx(
      fake,
      "/system/newAuthToken",
      {
        grant_type: "authorization_code",
        scope: { full: true },
        label: "httpsapp",
        client_id: "httpsapp",
        redirect_uri: "https://job-x.dnanexus.cloud/oauth2/access",
      },
      { token: canary },
    );
    expect(body).toEqual({
      authorization_code: expect.stringMatching(/^[0-9a-f]{32}$/),
      token_type: "code",
      user_id: "user-alice",
    });
    expect(fake.tokens()).toHaveLength(2);
  });
});

describe("dx logout", () => {
  it("ends the token by its signature, and gets an object for it", async () => {
    const fake = await service();
    const input = { tokenSignature: signatureOf(canary) };
    expect(await dx(fake, "/system/destroyAuthToken", input, { token: canary })).toMatchObject({
      status: 200,
      body: {},
    });
    expect(fake.tokens()).toEqual([]);
    expect((await dx(fake, "/system/destroyAuthToken", input, { token: canary })).status).toBe(401);
  });
});

describe("in a job", () => {
  it("dx-jobutil-get-identity-token gets a token under a capital letter", async () => {
    const fake = await service();
    const env = fake.jobEnvironment({ launchedWith: canary, token: "of-the-job" });
    const path = `/${env["DX_JOB_ID"]}/getIdentityToken`;
    const asked = { audience: "a", subject_claims: ["job_id", "project_id"] };
    const { body } = await dx(fake, path, asked, { token: "of-the-job" });
    expect(body).toEqual({ Token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) });
  });

  it("a sub-job shares its parent's workspace, tree and end", async () => {
    const fake = await service();
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
    const fake = await service();
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
