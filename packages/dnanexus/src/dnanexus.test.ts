import { describe, expect, it } from "vitest";

import { canary, context, createSandbox, fakeDNAnexus, login } from "./fixtures/sandbox.ts";
import { dnanexus } from "./index.ts";

describe("dnanexus", () => {
  it("says who it is and reads nothing before its first use", () => {
    const { id, name, tokenUrl } = dnanexus;
    expect({ id, name, tokenUrl }).toEqual({
      id: "dnanexus",
      name: "DNAnexus",
      tokenUrl: "https://platform.dnanexus.com/",
    });
    const read: unknown[] = [];
    const env = new Proxy<Record<string, string>>(
      {},
      {
        getOwnPropertyDescriptor: (_, variable) => void read.push(variable),
        get: (_, variable) => void read.push(variable),
      },
    );
    const auth = dnanexus({ env });
    expect(read).toEqual([]);
    expect(auth.baseUrl).toBe("https://api.dnanexus.com");
    expect(read).not.toEqual([]);
  });

  it("sends the token to the API server and to nothing else", async () => {
    const { home, provider } = createSandbox();
    const auth = provider({ env: { HOME: home, DX_SECURITY_CONTEXT: context(canary) } });
    expect(auth.origins).toEqual(["https://api.dnanexus.com"]);
    expect(await auth.headers("/system/whoami")).toEqual({ authorization: `Bearer ${canary}` });
    for (const url of [
      "https://auth.dnanexus.com/system/whoami",
      "https://api.dnanexus.com:8443/",
      "http://api.dnanexus.com/",
      "https://api.dnanexus.com.evil.example/",
      "//dl.dnanex.us/F/D/file",
    ]) {
      expect(await auth.headers(url)).toEqual({});
    }
  });

  it("refuses an address that is none, with the variable, and without what is in it", () => {
    const env = { DX_APISERVER_HOST: `alice:${canary}@api.example.com` };
    expect(() => createSandbox().provider({ env }).baseUrl).toThrow(
      "dnanexus: This cannot be used: env DX_APISERVER_HOST is not a host name alone, without scheme, port, path or user. Give DX_APISERVER_HOST as in api.dnanexus.com.",
    );
  });

  it.each([null, 5, {}])("leaves a token option that is none to be refused: %j", (token) => {
    const options: object = { env: {}, token };
    expect(() => createSandbox().provider(options).baseUrl).toThrow("the option token is no token");
  });

  it("does not change the options, and reads nothing that they inherit", async () => {
    const options = Object.freeze({
      env: Object.freeze({ DX_SECURITY_CONTEXT: context(canary) }),
      sessions: false,
    });
    expect((await dnanexus(options).token()).source).toBe("env DX_SECURITY_CONTEXT");
    const inherited: Record<string, string> = Object.create({
      DX_SECURITY_CONTEXT: context(canary),
      DX_JOB_ID: "job-BBBBBBBBBBBBBBBBBBBBBBBB",
    });
    await expect(createSandbox().provider({ env: inherited }).token()).rejects.toMatchObject({
      code: "AUTH_TOKEN_NOT_FOUND",
    });
  });
});

describe("verify", () => {
  it("asks the server of the saved login for the user", async () => {
    const { home, paths, provider, write } = createSandbox();
    const fake = await fakeDNAnexus();
    const { DX_APISERVER_PROTOCOL, DX_APISERVER_HOST, DX_APISERVER_PORT } = fake.environment();
    write(paths.user, login(canary, { DX_APISERVER_PROTOCOL, DX_APISERVER_HOST, DX_APISERVER_PORT }));
    const auth = provider({ env: { HOME: home } });
    const { identity, token, requestId } = await auth.verify();
    expect(identity).toEqual({ kind: "user", id: "user-alice" });
    expect(token.source).toBe(`file ${paths.user}`);
    expect(requestId).toMatch(/^\d{13}-\d{1,6}$/);
    expect((await auth.explain()).warnings).toEqual([]);
    expect(fake.requests).toHaveLength(1);
    expect(fake.requests[0]).toMatchObject({
      method: "POST",
      url: "/system/whoami",
      body: "{}",
      headers: { authorization: `Bearer ${canary}`, "content-type": "application/json" },
    });
  });

  it("judges an error by its type, and keeps the token that is only not permitted something", async () => {
    const fake = await fakeDNAnexus();
    const auth = dnanexus({ env: fake.environment(canary) });
    fake.script("/system/whoami", { type: "PermissionDenied", message: "VIEW permission required" });
    await expect(auth.verify()).rejects.toMatchObject({
      code: "AUTH_PERMISSION_DENIED",
      status: 401,
      message: expect.stringContaining("PermissionDenied: VIEW permission required"),
      requestId: expect.stringMatching(/^\d{13}-\d{1,6}$/),
    });
    expect(fake.requests).toHaveLength(1);
    await auth.verify();
  });

  it("tells an unknown token from an expired one", async () => {
    let now = 1_766_000_000_000;
    const fake = await fakeDNAnexus({
      tokens: { [canary]: { user: "alice", expiresAt: now + 1000 } },
      now: () => now,
    });
    const auth = dnanexus({ env: fake.environment(canary) });
    await auth.verify();
    now += 1000;
    await expect(auth.verify()).rejects.toMatchObject({ code: "AUTH_TOKEN_EXPIRED", status: 401 });
    fake.revokeToken(canary);
    await expect(auth.verify()).rejects.toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      remedy: expect.stringMatching(/env DX_SECURITY_CONTEXT.*API Tokens/),
    });
  });

  it("waits as the server asks when it is throttled, and tries again", async () => {
    const fake = await fakeDNAnexus();
    fake.script(
      "/system/whoami",
      { type: "ServiceUnavailable", retryAfter: 0 },
      { type: "RateLimitConditional", retryAfter: 0 },
    );
    const { identity } = await dnanexus({ env: fake.environment(canary) }).verify();
    expect(identity.id).toBe("user-alice");
    expect(fake.requests).toHaveLength(3);
  });

  it("says nothing about the token where there is no answer, or none of the service's", async () => {
    const fake = await fakeDNAnexus();
    const auth = dnanexus({ env: fake.environment(canary), timeoutMs: 999 });
    fake.script("/system/whoami", { status: 504, body: "<html>Gateway Timeout</html>" });
    await expect(auth.verify()).rejects.toMatchObject({ code: "AUTH_UNREACHABLE", status: 504 });
    fake.script("/system/whoami", { status: 429, retryAfter: 60 });
    await expect(auth.verify()).rejects.toMatchObject({ code: "AUTH_RATE_LIMITED", retryAfterMs: 60_000 });
    fake.script("/system/whoami", { drop: true, times: 10 });
    await expect(auth.verify()).rejects.toMatchObject({ code: "AUTH_UNREACHABLE" });
  });

  it.each([
    [
      "half of a JSON text",
      { status: 200, body: '{"id":"user-al', headers: { "content-type": "application/json" } },
    ],
    ["an id of something else", { status: 200, body: { id: "org-acme" } }],
    ["no id", { status: 200, body: {} }],
    ["an id that would move a terminal's cursor", { status: 200, body: { id: "user-a\u001B[2J" } }],
    ["an unknown method", { type: "ResourceNotFound" }],
  ])("reports %s as a malformed answer", async (_, answer) => {
    const fake = await fakeDNAnexus();
    fake.script("/system/whoami", answer);
    await expect(dnanexus({ env: fake.environment(canary) }).verify()).rejects.toMatchObject({
      code: "AUTH_RESPONSE_MALFORMED",
    });
  });

  it("picks up a new login after the service refused the token", async () => {
    const { home, paths, provider, write } = createSandbox();
    const fake = await fakeDNAnexus();
    write(paths.user, login("revoked"));
    const auth = provider({ env: { HOME: home, ...fake.environment() } });
    await auth.token();
    write(paths.user, login(canary));
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
    const response = await auth.fetch("/system/whoami", init);
    expect(await response.json()).toEqual({ id: "user-alice" });
    expect(fake.requests).toHaveLength(2);
  });
});
