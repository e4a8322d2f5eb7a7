import { describe, expect, it } from "vitest";

import { fakeDNAnexus } from "../fixtures/sandbox.ts";
import type { FakeDNAnexus } from "./index.ts";

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** What the toolkit's client would send. */
async function call(fake: FakeDNAnexus, path: string, input: unknown = {}, token?: string): Promise<Answer> {
  const response = await fetch(`${fake.url}${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "dnanexus-api": "1.0.0",
      ...(token !== undefined && { authorization: `bearer ${token}` }),
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: await response.json(), headers: response.headers };
}

const failed = (type: string, message: unknown = expect.any(String)): object => ({
  error: { type, message },
});
const demo = {
  id: "project-AAAAAAAAAAAAAAAAAAAAAAAA",
  name: "demo",
  members: { Alice: "ADMINISTER", bob: "VIEW" },
};
const other = { id: "project-EEEEEEEEEEEEEEEEEEEEEEEE", name: "other", members: { alice: "CONTRIBUTE" } };

describe("the fake service", () => {
  it("answers with the headers of the real one", async () => {
    const fake = await fakeDNAnexus({ tokens: { t: "Alice" }, now: () => 1_766_000_000_123.5 });
    const { status, body, headers } = await call(fake, "/system/whoami", {}, "t");
    expect({ status, body }).toEqual({ status: 200, body: { id: "user-alice" } });
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "application/json",
      "content-length": "19",
      "x-content-type-options": "nosniff",
      "x-request-id": "1766000000123-1",
      "dnanexus-api": "1.0.0",
    });
  });

  it("tells a missing, an unknown and an expired token apart, in the service's words", async () => {
    const fake = await fakeDNAnexus({ tokens: { old: { user: "alice", expiresAt: 5 } }, now: () => 5 });
    const expected = [
      [undefined, "You need to be logged in to use this method"],
      ["PUBLIC", "the token could not be found"],
      ["old", "The supplied authentication token has expired"],
    ] as const;
    for (const [token, message] of expected) {
      const { status, body } = await call(fake, "/system/whoami", {}, token);
      expect({ status, body }).toEqual({ status: 401, body: failed("InvalidAuthentication", message) });
    }
  });

  it("looks for the route first, then at the body, then at the token", async () => {
    const fake = await fakeDNAnexus();
    for (const path of ["/system/nothing", "/", "/file-x/describe", "/user-alice/describe/more"]) {
      expect(await call(fake, path)).toMatchObject({ status: 404, body: failed("ResourceNotFound") });
    }
    expect((await fetch(`${fake.url}/system/whoami`)).status).toBe(404);
    const sent: [string, string | undefined][] = [
      ["", "application/json"],
      ["{", "application/json; charset=utf-8"],
      ["{}", "text/plain"],
    ];
    for (const [body, type] of sent) {
      const response = await fetch(`${fake.url}/system/whoami`, {
        method: "POST",
        headers: type === undefined ? {} : { "content-type": type },
        body: new TextEncoder().encode(body),
      });
      expect([response.status, await response.json()]).toEqual([400, failed("MalformedJSON")]);
    }
    expect(await call(fake, "/system/whoami", [])).toMatchObject({
      status: 422,
      body: failed("InvalidInput"),
    });
  });

  it("answers greet and headers to anybody", async () => {
    const fake = await fakeDNAnexus();
    expect((await call(fake, "/system/greet", { client: "dxclient" })).body).toEqual({ messages: [] });
    expect((await call(fake, "/system/headers")).body).toMatchObject({ "dnanexus-api": "1.0.0" });
  });

  it("describes a user in full to that user with full scope, and by name to others", async () => {
    const scope = { projects: { "*": "VIEW" } };
    const fake = await fakeDNAnexus({
      users: { Alice: { first: "Alice", last: "Liddell" } },
      tokens: { full: "alice", scoped: { user: "alice", scope }, bobs: "bob" },
    });
    const name = {
      id: "user-alice",
      class: "user",
      first: "Alice",
      middle: "",
      last: "Liddell",
      handle: "Alice",
    };
    const full = { ...name, email: "Alice@example.com", billTo: "user-alice" };
    expect((await call(fake, "/user-alice/describe", {}, "full")).body).toEqual(full);
    expect((await call(fake, "/user-alice/describe", {}, "scoped")).body).toEqual(name);
    expect((await call(fake, "/user-alice/describe", {}, "bobs")).body).toEqual(name);
    expect((await call(fake, "/user-alice/describe", { fields: { handle: true } }, "full")).body).toEqual({
      id: "user-alice",
      handle: "Alice",
    });
    expect((await call(fake, "/user-carol/describe", {}, "full")).status).toBe(404);
  });

  it("gives projects page by page", async () => {
    const fake = await fakeDNAnexus({ tokens: { a: "alice", b: "bob" }, projects: [demo, other] });
    const first = await call(fake, "/system/findProjects", { limit: 1, describe: true }, "a");
    expect(first.body).toEqual({
      results: [
        {
          id: demo.id,
          level: "ADMINISTER",
          permissionSources: ["user-alice"],
          public: false,
          describe: { id: demo.id, name: "demo" },
        },
      ],
      next: other.id,
    });
    const second = await call(fake, "/system/findProjects", { limit: 2, starting: other.id }, "a");
    expect(second.body).toMatchObject({ results: [{ id: other.id }], next: null });
    expect((await call(fake, "/system/findProjects", { level: "CONTRIBUTE" }, "b")).body).toEqual({
      results: [],
      next: null,
    });
    expect((await call(fake, `/${other.id}/describe`, {}, "b")).body).toEqual(failed("PermissionDenied"));
  });

  it("logs in with a password and, where there is one, a verification code", async () => {
    const fake = await fakeDNAnexus({ users: { Alice: { password: "pw", otp: "123456" } }, tokens: {} });
    const logIn = (otp: unknown, password = "pw"): Promise<Answer> =>
      call(fake, "/system/newAuthToken", { expires: 1e15, username: "alice", password, otp });
    expect(await logIn(null, "no")).toMatchObject({ status: 400, body: failed("UsernameOrPasswordError") });
    expect((await logIn(null)).body).toEqual(failed("OTPRequiredError"));
    expect((await logIn("000000")).body).toEqual(failed("OTPMismatchError"));
    const { body } = await logIn("123456");
    expect(body).toEqual({
      access_token: expect.stringMatching(/^[0-9a-z]{32}$/),
      token_type: "bearer",
      token_signature: fake.tokens()[0]?.signature,
      user_id: "user-alice",
    });
    expect(fake.tokens()).toMatchObject([{ kind: "login", userId: "user-alice", expiresAt: 1e15 }]);
  });

  it("keeps tokens by signature, and ends the derived ones with the one they come from", async () => {
    const token = "EXAMPLEtoken0123456789";
    const signature = "bc115614f3c6df8f0f1f3cb868c31a8bc6338f26b28a4434b5938407b0ca175b";
    const fake = await fakeDNAnexus({ tokens: { [token]: { user: "alice", expiresAt: 9e15 }, bobs: "bob" } });
    const child = await call(fake, "/system/newAuthToken", { label: "child", expires: 1e16 }, token);
    expect(child.status).toBe(200);
    fake.jobEnvironment({ launchedWith: token, token: "of-the-job" });
    expect(fake.tokens()).toMatchObject([
      { signature, kind: "api" },
      { kind: "api", userId: "user-bob" },
      { label: "child", parentSignature: signature, expiresAt: 9e15 },
      { kind: "job", parentSignature: signature },
    ]);
    const destroy = { tokenSignature: signature };
    expect((await call(fake, "/system/destroyAuthToken", destroy, "bobs")).body).toEqual(
      failed("PermissionDenied"),
    );
    expect((await call(fake, "/system/destroyAuthToken", { tokenSignature: "0" }, token)).status).toBe(404);
    expect(await call(fake, "/system/destroyAuthToken", destroy, token)).toMatchObject({
      status: 200,
      body: {},
    });
    expect(fake.tokens()).toMatchObject([{ userId: "user-bob" }]);
    expect((await call(fake, "/system/whoami", {}, "of-the-job")).status).toBe(401);
  });

  it("tells the user's name", async () => {
    const fake = await fakeDNAnexus({ tokens: { t: "Alice" } });
    expect((await call(fake, "/system/getUserInfo", {}, "t")).body).toEqual({ username: "Alice" });
  });

  it("lets a job's token do less than its user, and more by its access", async () => {
    const fake = await fakeDNAnexus({ tokens: { t: "alice" }, projects: [demo, other] });
    const narrow = fake.jobEnvironment({ launchedWith: "t", token: "narrow", projectId: demo.id });
    fake.jobEnvironment({
      id: "job-2",
      user: "alice",
      token: "wide",
      projectId: demo.id,
      access: { project: "VIEW" },
    });
    expect((await call(fake, "/system/whoami", {}, "narrow")).body).toEqual({ id: "user-alice" });
    expect(await call(fake, `/${demo.id}/describe`, {}, "narrow")).toMatchObject({
      status: 401,
      body: failed("PermissionDenied"),
    });
    expect((await call(fake, `/${demo.id}/describe`, {}, "wide")).body).toMatchObject({ level: "VIEW" });
    expect((await call(fake, `/${other.id}/describe`, {}, "wide")).status).toBe(401);
    const described = await call(fake, `/${narrow["DX_JOB_ID"]}/describe`, {}, "narrow");
    expect(described.body).toMatchObject({
      class: "job",
      project: demo.id,
      launchedBy: "user-alice",
      state: "running",
    });
    expect((await call(fake, "/job-2/describe", {}, "narrow")).body).toEqual(failed("PermissionDenied"));
  });

  it("fails as it is told, as often as it is told", async () => {
    const fake = await fakeDNAnexus({ tokens: { t: "alice" } });
    fake.script(
      "/system/whoami",
      { status: 503, retryAfter: 2, times: 2 },
      { status: 504, body: "<html></html>" },
      { drop: true },
    );
    for (const _ of [1, 2]) {
      const { status, body, headers } = await call(fake, "/system/whoami", {}, "t");
      expect([status, headers.get("retry-after"), body]).toEqual([503, "2", failed("ServiceUnavailable")]);
    }
    const page = await fetch(`${fake.url}/system/whoami`, { method: "POST" });
    expect([page.status, page.headers.get("content-type"), await page.text()]).toEqual([
      504,
      "text/html",
      "<html></html>",
    ]);
    await expect(call(fake, "/system/whoami", {}, "t")).rejects.toThrow("fetch failed");
    expect((await call(fake, "/system/whoami", {}, "t")).status).toBe(200);
    fake.script("/user-*/describe", { delayMs: 1, truncateAt: 5 });
    await expect(call(fake, "/user-alice/describe", {}, "t")).rejects.toThrow("terminated");
    expect((await call(fake, "/user-alice/describe", {}, "t")).status).toBe(200);
  });
});
