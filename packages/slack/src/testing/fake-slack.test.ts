import { describe, expect, it } from "vitest";

import { canary, fakeSlack } from "../fixtures/slack-on-loopback.ts";
import { send, type Wire } from "@auth/testing/loopback";
import { startFakeSlack } from "./index.ts";

const authorization = `Bearer ${canary}`;
const form = { "content-type": "application/x-www-form-urlencoded" };
const basic = `Basic ${Buffer.from("111.222:client-secret").toString("base64")}`;

/** What a method answers, as an object. */
async function told(
  url: string,
  method: string,
  headers: Record<string, string> = {},
  body = "",
): Promise<Record<string, unknown>> {
  return JSON.parse((await send(`${url}/${method}`, headers, "POST", body)).body);
}

describe("without a token", () => {
  it("refuses byte for byte as recorded, in a 200 without a www-authenticate and without scopes", async () => {
    const fake = await fakeSlack();
    const { status, headers, body } = await send(`${fake.url}/auth.test`, {}, "POST");
    expect([status, body]).toEqual([200, '{"ok":false,"error":"not_authed"}']);
    expect(headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(headers["x-slack-req-id"]).toMatch(/^[0-9a-f]{32}$/);
    expect(Object.keys(headers)).not.toContain("www-authenticate");
    expect(Object.keys(headers)).not.toContain("x-oauth-scopes");
  });

  it("judges the method's name first, and knows nothing beside the API", async () => {
    const fake = await fakeSlack();
    expect(await told(fake.url, "auth.tset")).toEqual({
      ok: false,
      error: "unknown_method",
      req_method: "auth.tset",
    });
    expect(await told(fake.url, "constructor")).toMatchObject({ error: "unknown_method" });
    expect((await send(new URL("/messages", fake.url).href)).status).toBe(404);
  });

  it("answers api.test, which nobody has to be known for", async () => {
    const fake = await fakeSlack();
    expect(await told(fake.url, "api.test", form, "foo=bar")).toEqual({ ok: true, args: { foo: "bar" } });
    expect(await told(fake.url, "api.test", form, "error=my_error")).toEqual({
      ok: false,
      error: "my_error",
    });
  });

  it.each([
    ["another case", { authorization: `bearer ${canary}` }, ""],
    ["another scheme", { authorization: `Basic ${canary}` }, ""],
    ["JSON", { "content-type": "application/json" }, JSON.stringify({ token: canary })],
  ])("takes none from %s, nor from a query", async (_, headers, body) => {
    const fake = await fakeSlack();
    expect(await told(fake.url, `auth.test?token=${canary}`, headers, body)).toMatchObject({
      error: "not_authed",
    });
  });
});

describe("with a token", () => {
  it("tells byte for byte as recorded whose it is", async () => {
    const fake = await fakeSlack();
    const { body, headers } = await send(`${fake.url}/auth.test`, { authorization }, "POST");
    expect(body).toBe(
      String.raw`{"ok":true,"url":"https:\/\/acme.slack.com\/","team":"Acme","user":"acme_bot","team_id":"T01ABCDEF","user_id":"U01ABCDEF","bot_id":"B01ABCDEF","is_enterprise_install":false}`,
    );
    expect(headers["x-oauth-scopes"]).toBe("chat:write,channels:read,files:read,files:write");
    expect(Object.keys(headers)).not.toContain("x-accepted-oauth-scopes");
  });

  it("takes it from a form as well, and answers a GET", async () => {
    const fake = await fakeSlack();
    expect(await told(fake.url, "auth.test", form, `token=${canary}`)).toMatchObject({ ok: true });
    expect((await send(`${fake.url}/auth.test`, { authorization })).body).toContain('"ok":true');
  });

  it("tells members and apps apart by how their tokens begin, and an organization where there is one", async () => {
    const tokens = { "xoxp-1": {}, "xapp-1": {}, "xoxe.xoxp-1-1": {}, grid: { enterpriseId: "E01" } };
    const fake = await fakeSlack({ tokens });
    const whoIs = (token: string) => told(fake.url, "auth.test", { authorization: `Bearer ${token}` });
    for (const token of ["xoxp-1", "xoxe.xoxp-1-1"]) {
      const member = await whoIs(token);
      expect(member).toMatchObject({ user: "ada" });
      expect(member).not.toHaveProperty("bot_id");
    }
    expect(await whoIs("xapp-1")).toMatchObject({ app_id: "A01ABCDEF", app_name: "Acme App" });
    expect(await whoIs("grid")).toMatchObject({ enterprise_id: "E01", bot_id: "B01ABCDEF" });
  });

  it.each([
    ["an unknown one", {}, "invalid_auth"],
    ["one that is not allowed from here", { [canary]: { state: "barred" } }, "invalid_auth"],
    ["a revoked one", { [canary]: { state: "revoked" } }, "token_revoked"],
    ["one of a user who is gone", { [canary]: { state: "inactive" } }, "account_inactive"],
    ["one that is over", { [canary]: { expiresAt: 1 } }, "token_expired"],
  ] as const)("refuses %s", async (_, tokens, error) => {
    const fake = await fakeSlack({ tokens });
    expect(await told(fake.url, "auth.test", { authorization })).toEqual({ ok: false, error });
  });

  it("names the scope that lacks, the kind that fits, and what is not there", async () => {
    const tokens = { [canary]: { scopes: ["chat:write"] }, "xapp-1": {} };
    const fake = await fakeSlack({ tokens });
    const { headers, body } = await send(`${fake.url}/conversations.list`, { authorization }, "POST");
    expect(JSON.parse(body)).toEqual({
      ok: false,
      error: "missing_scope",
      needed: "channels:read",
      provided: "chat:write",
    });
    expect(headers).toMatchObject({
      "x-oauth-scopes": "chat:write",
      "x-accepted-oauth-scopes": "channels:read",
    });
    const app = { authorization: "Bearer xapp-1" };
    expect(await told(fake.url, "conversations.list", app)).toMatchObject({
      error: "not_allowed_token_type",
    });
    expect(await told(fake.url, "apps.connections.open", { authorization })).toMatchObject({
      error: "not_allowed_token_type",
    });
    expect(await told(fake.url, "apps.connections.open", app)).toMatchObject({ ok: true });
    expect(await told(fake.url, "chat.postMessage", { authorization, ...form }, "channel=C0")).toMatchObject({
      error: "channel_not_found",
    });
  });

  it("lists channels in pages, and takes arguments as JSON too", async () => {
    const fake = await fakeSlack();
    const json = { authorization, "content-type": "application/json" };
    const first = await told(fake.url, "conversations.list", json, JSON.stringify({ limit: 1 }));
    expect(first).toMatchObject({ channels: [{ name: "general" }], response_metadata: { next_cursor: "1" } });
    const last = await told(fake.url, "conversations.list", { authorization, ...form }, "limit=1&cursor=1");
    expect(last).toMatchObject({ channels: [{ name: "random" }], response_metadata: { next_cursor: "" } });
  });

  it("is unknown once it is revoked, and not after a dry run", async () => {
    const fake = await fakeSlack();
    const revoke = (body: string) => told(fake.url, "auth.revoke", { authorization, ...form }, body);
    expect(await revoke("test=1")).toEqual({ ok: true, revoked: false });
    expect(await told(fake.url, "auth.test", { authorization })).toMatchObject({ ok: true });
    expect(await revoke("")).toEqual({ ok: true, revoked: true });
    expect(await told(fake.url, "auth.test", { authorization })).toMatchObject({ error: "invalid_auth" });
  });
});

describe("tokens for", () => {
  const access = (url: string, body: string, headers: Record<string, string> = { authorization: basic }) =>
    told(url, "oauth.v2.access", { ...form, ...headers }, body);
  const stateOf = (url: string, token: unknown) =>
    told(url, "auth.test", { authorization: `Bearer ${String(token)}` });

  it("a code, once: a bot's at the top, a member's beside", async () => {
    const fake = await fakeSlack({ codes: { c1: {}, c2: { kind: "user" } }, rotation: false });
    const bot = await access(fake.url, "code=c1");
    expect(bot).toMatchObject({ ok: true, token_type: "bot", bot_user_id: "U01ABCDEF", enterprise: null });
    expect(bot["access_token"]).toMatch(/^xoxb-/);
    expect(bot).not.toHaveProperty("refresh_token");
    expect(await stateOf(fake.url, bot["access_token"])).toMatchObject({ ok: true, user: "acme_bot" });
    expect(await access(fake.url, "code=c1")).toEqual({ ok: false, error: "invalid_code" });
    const member = await access(fake.url, "code=c2");
    expect(member).not.toHaveProperty("access_token");
    expect(member).toMatchObject({
      authed_user: { id: "U02ADA000", access_token: expect.stringMatching(/^xoxp-/) },
    });
  });

  it.each([
    [
      "an unknown app",
      { authorization: `Basic ${Buffer.from("9:9").toString("base64")}` },
      "",
      "invalid_client_id",
    ],
    ["a wrong secret", {}, "client_id=111.222&client_secret=no&", "bad_client_secret"],
    ["an unknown grant", { authorization: basic }, "grant_type=password&", "invalid_grant_type"],
    [
      "an unknown refresh token",
      { authorization: basic },
      "grant_type=refresh_token&refresh_token=x&",
      "invalid_refresh_token",
    ],
  ] as const)("%s are refused", async (_, headers, body, error) => {
    const fake = await fakeSlack();
    expect(await access(fake.url, body, headers)).toEqual({ ok: false, error });
  });

  it("a refresh token, once; two access tokens of a line are good at a time", async () => {
    let now = 0;
    const fake = await fakeSlack({ refreshTokens: { "xoxe-1-a": {} }, now: () => now });
    const refresh = (token: unknown) =>
      access(fake.url, `grant_type=refresh_token&refresh_token=${String(token)}`);
    const first = await refresh("xoxe-1-a");
    expect(first).toMatchObject({ token_type: "bot", expires_in: 43_200 });
    expect(first["access_token"]).toMatch(/^xoxe\.xoxb-1-/);
    expect(first["refresh_token"]).toMatch(/^xoxe-1-/);
    expect(await refresh("xoxe-1-a")).toEqual({ ok: false, error: "invalid_refresh_token" });
    const second = await refresh(first["refresh_token"]);
    expect(await stateOf(fake.url, first["access_token"])).toMatchObject({ ok: true });
    await refresh(second["refresh_token"]);
    expect(await stateOf(fake.url, first["access_token"])).toMatchObject({ error: "invalid_auth" });
    expect(await stateOf(fake.url, second["access_token"])).toMatchObject({ ok: true });
    now = 43_200_000;
    expect(await stateOf(fake.url, second["access_token"])).toMatchObject({ error: "token_expired" });
    expect(await stateOf(fake.url, "xoxe-1-a")).toMatchObject({ error: "invalid_auth" });
  });

  it("a refresh token a second time, within the grace", async () => {
    let now = 0;
    const fake = await fakeSlack({ refreshTokens: { "xoxe-1-a": {} }, now: () => now, graceMs: 1000 });
    const refresh = () => access(fake.url, "grant_type=refresh_token&refresh_token=xoxe-1-a");
    await refresh();
    now = 999;
    expect(await refresh()).toMatchObject({ ok: true });
    now = 1000;
    expect(await refresh()).toMatchObject({ error: "invalid_refresh_token" });
  });

  it("a token that lives long, once, which ends with the first refresh", async () => {
    const fake = await fakeSlack();
    const swap = (token: string) =>
      told(fake.url, "oauth.v2.exchange", { ...form, authorization: basic }, `token=${token}`);
    const pair = await swap(canary);
    expect(pair).toMatchObject({ ok: true, expires_in: 43_200 });
    expect(await swap(String(pair["access_token"]))).toMatchObject({ error: "token_already_exchanged" });
    expect(await swap("xoxb-unknown")).toMatchObject({ error: "invalid_token" });
    expect(await stateOf(fake.url, canary)).toMatchObject({ ok: true });
    await access(fake.url, `grant_type=refresh_token&refresh_token=${String(pair["refresh_token"])}`);
    expect(await stateOf(fake.url, canary)).toMatchObject({ error: "invalid_auth" });
    const fixed = await fakeSlack({ rotation: false });
    expect(await told(fixed.url, "oauth.v2.exchange", { ...form, authorization: basic })).toMatchObject({
      error: "token_rotation_not_enabled",
    });
  });

  it("the login of a command line, which has no client secret", async () => {
    const fake = await fakeSlack({ refreshTokens: { "xoxe-1-a": { kind: "user" } }, now: () => 1_000 });
    const rotate = (token: string) => told(fake.url, "tooling.tokens.rotate", form, `refresh_token=${token}`);
    expect(await rotate("xoxe-1-a")).toMatchObject({ ok: true, team_id: "T01ABCDEF", iat: 1, exp: 43_201 });
    expect(await rotate("xoxe-1-a")).toMatchObject({ error: "invalid_refresh_token" });
  });
});

describe("beside the API", () => {
  it("gives files to a token that may read them, and a page to sign in to everybody else", async () => {
    const fake = await fakeSlack({ tokens: { [canary]: {}, other: { scopes: ["chat:write"] } } });
    const read = (headers: Record<string, string>): Promise<Wire> =>
      send(`${fake.filesUrl}/files-pri/T01ABCDEF-F0EXAMPLE/hello.txt`, headers);
    expect((await read({ authorization })).body).toBe("Hello from Acme");
    for (const headers of [{}, { authorization: "Bearer other" }] as Record<string, string>[]) {
      const { status, body, headers: answered } = await read(headers);
      expect([status, answered["content-type"], body]).toEqual([
        200,
        "text/html",
        expect.stringContaining("Sign in"),
      ]);
    }
    expect((await send(`${fake.filesUrl}/files-pri/T01ABCDEF-F9/x`, { authorization })).status).toBe(404);
  });

  it("takes a file without a token, at the address that it gave", async () => {
    const fake = await fakeSlack();
    const given = await told(
      fake.url,
      "files.getUploadURLExternal",
      { authorization, ...form },
      "filename=a.txt",
    );
    expect((await send(String(given["upload_url"]), {}, "POST", "abc")).body).toBe("OK - 3");
    const files = JSON.stringify([{ id: given["file_id"] }]);
    const complete = (text: string) =>
      told(
        fake.url,
        "files.completeUploadExternal",
        { authorization, ...form },
        new URLSearchParams({ files: text }).toString(),
      );
    const done = (await complete(files)) as { files: { url_private: string }[] };
    expect((await send(done.files[0]?.url_private ?? "", { authorization })).body).toBe("abc");
    for (const wrong of ["{", '[{"id":"F9"}]', "[{}]"])
      expect(await complete(wrong)).toMatchObject({ error: "file_not_found" });
  });

  it("takes a message at the address that is the secret, with real statuses", async () => {
    const fake = await fakeSlack();
    const post = async (path: string, body: string): Promise<unknown[]> => {
      const answer = await send(`${fake.hooksUrl}${path}`, {}, "POST", body);
      return [answer.status, answer.body];
    };
    const path = "/services/T01ABCDEF/B01ABCDEF/not-a-secret";
    expect(await post(path, '{"text":"Hi"}')).toEqual([200, "ok"]);
    expect(await post(path, "{}")).toEqual([400, "no_text"]);
    expect(await post(path, "{")).toEqual([400, "invalid_payload"]);
    expect(await post("/services/T01ABCDEF/B01ABCDEF/other", "{}")).toEqual([404, "no_service"]);
    expect(fake.requests.map(({ place }) => place)).toEqual(["hooks", "hooks", "hooks", "hooks"]);
  });
});

describe("a script", () => {
  it("answers with a word, a status, a page, a redirect or nothing, and then as ever", async () => {
    const fake = await fakeSlack();
    const location = "https://elsewhere.example/";
    fake.script(
      "auth.test",
      { error: "missing_scope", needed: "a:b", provided: "c:d" },
      { status: 429, headers: { "retry-after": "7" } },
      { status: 503, body: "<h1>Down</h1>" },
      { status: 302, headers: { location } },
      { drop: true },
    );
    expect(await told(fake.url, "auth.test", { authorization })).toEqual({
      ok: false,
      error: "missing_scope",
      needed: "a:b",
      provided: "c:d",
    });
    const ask = (): Promise<Wire> => send(`${fake.url}/auth.test`, { authorization }, "POST");
    const limited = await ask();
    expect([limited.status, limited.headers["retry-after"]]).toEqual([429, "7"]);
    expect(await ask()).toMatchObject({ status: 503, headers: { "content-type": "text/html" } });
    expect(await ask()).toMatchObject({ status: 302, headers: { location } });
    await expect(ask()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect((await ask()).status).toBe(200);
  });

  it("refuses a method that the fake does not have", async () => {
    const fake = await fakeSlack();
    // @ts-expect-error: what a program in JavaScript may pass
    expect(() => fake.script("auth.tset", { status: 500 })).toThrow(/auth\.tset/);
  });
});

it("knows tokens from when they are added until they are revoked, and frees its ports", async () => {
  let urls: string[];
  {
    await using fake = await startFakeSlack();
    urls = [fake.url, fake.filesUrl, fake.hooksUrl];
    const ask = () => told(fake.url, "auth.test", { authorization });
    expect(await ask()).toMatchObject({ error: "invalid_auth" });
    fake.addToken(canary, { team: { id: "T2", name: "Other" } });
    expect(await ask()).toMatchObject({ ok: true, team_id: "T2", team: "Other" });
    fake.revokeToken(canary);
    expect(await ask()).toMatchObject({ error: "invalid_auth" });
  }
  for (const url of urls) await expect(send(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
