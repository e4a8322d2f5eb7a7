import { describe, expect, it } from "vitest";

import { canary, fakeHub } from "../fixtures/hub-on-loopback.ts";
import { send } from "@auth/testing/loopback";
import { type FakeHuggingFaceOptions, startFakeHuggingFace } from "./index.ts";

const authorization = `Bearer ${canary}`;
const unknown = { authorization: "Bearer hf_unknown" };

describe("who one is", () => {
  it("is told to a known token: the user, the token, the organizations", async () => {
    const fake = await fakeHub();
    const { status, headers, body } = await send(`${fake.url}/api/whoami-v2`, { authorization });
    expect([status, JSON.parse(body)]).toMatchObject([
      200,
      {
        type: "user",
        id: "6a61f0c2e4b0d81f2a3c4d5e",
        name: "ada",
        fullname: "Ada Lovelace",
        email: "ada@example.com",
        orgs: [{ name: "acme", roleInOrg: "write" }],
        auth: { type: "access_token", accessToken: { displayName: "deploy", role: "write" } },
      },
    ]);
    expect(headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "x-powered-by": "huggingface-moon",
      ratelimit: expect.stringMatching(/^"api";r=999;t=\d+$/),
      "ratelimit-policy": '"fixed window";"api";q=1000;w=300',
      "x-request-id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};[0-9a-f-]{36}$/),
    });
  });

  it("leaves out what the token may not see", async () => {
    const tokens = {
      fine: { role: "fineGrained" },
      hf_oauth_1: {},
      org: { type: "org" },
      app: { type: "app" },
      passing: { expiresAt: 4_102_444_800_000 },
    } as const;
    const fake = await fakeHub({ tokens });
    const ask = async (token: string) =>
      JSON.parse((await send(`${fake.url}/api/whoami-v2`, { authorization: `Bearer ${token}` })).body);
    const fine = await ask("fine");
    expect(fine).not.toHaveProperty("email");
    expect(fine.auth.accessToken.fineGrained.canReadGatedRepos).toBe(true);
    const oauth = await ask("hf_oauth_1");
    expect(oauth).not.toHaveProperty("email");
    expect(oauth.auth).not.toHaveProperty("accessToken");
    expect(await ask("org")).toMatchObject({ type: "org" });
    expect(Object.keys(await ask("app"))).toEqual(["type", "id", "name", "auth"]);
    expect((await ask("passing")).auth.expiresAt).toBe("2100-01-01T00:00:00.000Z");
  });

  it.each<[string, Record<string, string>, FakeHuggingFaceOptions, string]>([
    ["nobody", {}, {}, "Invalid username or password."],
    ["an unknown token", unknown, {}, "Invalid credentials in Authorization header"],
    [
      "another scheme",
      { authorization: `Basic ${canary}` },
      {},
      "Invalid credentials in Authorization header",
    ],
    [
      "one that is over",
      { authorization },
      { tokens: { [canary]: { expiresAt: 1 } } },
      "Invalid credentials in Authorization header",
    ],
  ])("is not told to %s", async (_, headers, options, text) => {
    const fake = await fakeHub(options);
    const answer = await send(`${fake.url}/api/whoami-v2`, headers);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([401, { error: text }]);
    expect(answer.headers["x-error-message"]).toBe(text);
    expect(Object.keys(answer.headers)).not.toContain("www-authenticate");
    expect(Object.keys(answer.headers)).not.toContain("x-error-code");
  });

  it("has a limit of its own, under which the window still has something left", async () => {
    const fake = await fakeHub({ whoamiLimit: 1 });
    const ask = () => send(`${fake.url}/api/whoami-v2`, { authorization });
    await ask();
    const limited = await ask();
    expect(limited.status).toBe(429);
    expect(limited.headers["ratelimit"]).toMatch(/^"api";r=998;/);
  });
});

describe("a repository", () => {
  const at = (path: string) => `/api/models/${path}`;

  it.each<[string, string, Record<string, string>, number, string | undefined]>([
    ["a public one without a token", at("acme/tiny"), {}, 200, undefined],
    ["a public one with an unknown token", at("acme/tiny"), unknown, 401, undefined],
    ["a private one without a token", at("acme/private"), {}, 401, undefined],
    ["a private one with a member's token", at("acme/private"), { authorization }, 200, undefined],
    [
      "a private one with a stranger's token",
      at("acme/private"),
      { authorization: "Bearer hf_stranger" },
      404,
      "RepoNotFound",
    ],
    ["one that is not there", at("acme/none"), { authorization }, 404, "RepoNotFound"],
    ["a gated file without a token", "/acme/gated/resolve/main/config.json", {}, 401, "GatedRepo"],
    ["a gated file with an unknown token", "/acme/gated/resolve/main/config.json", unknown, 401, "GatedRepo"],
    [
      "a gated file with a stranger's token",
      "/acme/gated/resolve/main/config.json",
      { authorization: "Bearer hf_stranger" },
      403,
      "GatedRepo",
    ],
    [
      "a gated file with a token that was let in",
      "/acme/gated/resolve/main/config.json",
      { authorization: "Bearer hf_granted" },
      200,
      undefined,
    ],
    ["another file", "/acme/tiny/resolve/main/none.txt", {}, 404, "EntryNotFound"],
    ["another revision", "/acme/tiny/resolve/v9/config.json", {}, 404, "RevisionNotFound"],
    ["another path", "/api/nothing", { authorization }, 404, undefined],
  ])("is, asked for %s, what the Hub says", async (_, path, headers, status, code) => {
    const strangers = { owner: { id: "1", name: "eve", fullname: "Eve" }, orgs: [] };
    const tokens = {
      [canary]: {},
      hf_stranger: strangers,
      hf_granted: { ...strangers, granted: ["acme/gated"] },
    };
    const fake = await fakeHub({ tokens });
    const answer = await send(`${fake.url}${path}`, headers);
    expect([answer.status, answer.headers["x-error-code"]]).toEqual([status, code]);
  });

  it("that was renamed is redirected, with the query, before anybody looks at the token", async () => {
    const fake = await fakeHub();
    const { status, headers, body } = await send(`${fake.url}/api/models/acme/old-name?x=1`, unknown);
    expect([status, headers["location"]]).toEqual([307, "/api/models/acme/tiny?x=1"]);
    expect(body).toBe("Temporary Redirect. Redirecting to /api/models/acme/tiny?x=1");
  });

  it("has small files here, and large ones by a signed address that takes no token", async () => {
    const fake = await fakeHub();
    const small = await send(`${fake.url}/acme/tiny/resolve/main/config.json`, { range: "bytes=0-3" });
    expect([small.status, small.body, small.headers["content-range"]]).toEqual([206, '{"mo', "bytes 0-3/21"]);
    const large = await send(`${fake.url}/acme/tiny/resolve/main/model.safetensors`, { authorization });
    expect(large).toMatchObject({ status: 302, headers: { "x-linked-size": "18" } });
    const location = String(large.headers["location"]);
    expect(location.startsWith(fake.cdnUrl)).toBe(true);
    expect((await send(location)).body).toBe("0123456789 weights");
    expect((await send(location, { range: "bytes=11-" })).body).toBe("weights");
    expect((await send(location, { authorization })).status).toBe(400);
    expect((await send(location.replace("Signature", "Other"))).status).toBe(403);
    expect(fake.requests.map(({ place }) => place)).toEqual(["hub", "hub", "cdn", "cdn", "cdn", "cdn"]);
  });

  it("is listed to those who see it, and made and written by those who may", async () => {
    const fake = await fakeHub({ tokens: { [canary]: {}, reader: { role: "read" } } });
    const names = async (headers: Record<string, string>) =>
      JSON.parse((await send(`${fake.url}/api/models?author=acme`, headers)).body).map(
        ({ id }: { id: string }) => id,
      );
    expect(await names({})).toEqual(["acme/tiny", "acme/gated"]);
    expect(await names({ authorization })).toEqual(["acme/tiny", "acme/private", "acme/gated"]);
    const create = (headers: Record<string, string>) =>
      send(`${fake.url}/api/repos/create`, headers, "POST", '{"name":"new","organization":"acme"}');
    expect((await create({})).status).toBe(401);
    expect((await create({ authorization: "Bearer reader" })).status).toBe(403);
    expect((await create({ authorization })).status).toBe(200);
    expect((await create({ authorization })).status).toBe(409);
    const commit = { key: "file", value: { path: "a.txt", content: btoa("hello"), encoding: "base64" } };
    const path = `${fake.url}/api/models/acme/new/commit/main`;
    const lines = `{"key":"header","value":{}}\n${JSON.stringify(commit)}`;
    expect((await send(path, { authorization }, "POST", lines)).status).toBe(200);
    expect((await send(`${fake.url}/acme/new/resolve/main/a.txt`)).body).toBe("hello");
    const check = (headers: Record<string, string>, more = "") =>
      send(`${fake.url}/api/models/acme/tiny/auth-check${more}`, headers);
    expect((await check({ authorization: "Bearer reader" })).status).toBe(200);
    expect((await check({ authorization: "Bearer reader" }, "/write")).status).toBe(403);
    expect((await check({ authorization }, "/write")).status).toBe(200);
  });
});

describe("the rate limit", () => {
  it("is counted for each user and bucket in fixed windows, errors too", async () => {
    let now = 0;
    const fake = await fakeHub({ limits: { api: 2 }, now: () => now });
    const ask = (path: string, headers: Record<string, string> = { authorization }) =>
      send(`${fake.url}${path}`, headers);
    now = 12_345;
    expect((await ask("/api/models/acme/none")).headers["ratelimit"]).toBe('"api";r=1;t=288');
    expect((await ask("/api/models")).headers["ratelimit"]).toBe('"api";r=0;t=288');
    const limited = await ask("/api/models");
    expect([limited.status, limited.headers["ratelimit"]]).toEqual([429, '"api";r=0;t=288']);
    expect((await ask("/acme/tiny/resolve/main/config.json")).status).toBe(200);
    expect((await ask("/api/models", {})).status).toBe(200);
    now = 300_000;
    expect((await ask("/api/models")).status).toBe(200);
  });
});

describe("OAuth", () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const json = { "content-type": "application/json" };
  const post = async (url: string, headers: Record<string, string>, body: string) => {
    const answer = await send(url, headers, "POST", body);
    return { status: answer.status, ...JSON.parse(answer.body) };
  };
  const jwt = {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
    subject_token: "id-1",
    resource: "acme/tiny",
  };

  it.each<[string, object, object]>([
    [
      "what it may ask for",
      jwt,
      { status: 200, expires_in: 3600, access_token: expect.stringMatching(/^hf_jwt_/) },
    ],
    [
      "a user",
      { ...jwt, subject_token: "id-2", resource: "ada" },
      { status: 200, access_token: expect.stringMatching(/^hf_oauth_/) },
    ],
    ["something else", { ...jwt, resource: "acme/gated" }, { status: 400, error: "invalid_grant" }],
    ["nothing", { ...jwt, resource: "" }, { status: 400, error: "invalid_request" }],
    ["another grant", { ...jwt, grant_type: "password" }, { status: 400, error: "unsupported_grant_type" }],
  ])("gives a trusted publisher a token for %s", async (_, body, answer) => {
    const fake = await fakeHub({ idTokens: { "id-1": "acme/tiny", "id-2": "ada" } });
    expect(await post(`${fake.url}/oauth/token`, json, JSON.stringify(body))).toMatchObject(answer);
  });

  it("gives a device a token once somebody has allowed it, and refreshes it once", async () => {
    const fake = await fakeHub();
    const device = await post(`${fake.url}/oauth/device`, form, "client_id=c");
    expect(Object.keys(device)).toEqual([
      "status",
      "device_code",
      "user_code",
      "verification_uri",
      "expires_in",
    ]);
    const grant = "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=c";
    const poll = () => post(`${fake.url}/oauth/token`, form, `${grant}&device_code=${device.device_code}`);
    expect(await poll()).toMatchObject({ status: 400, error: "authorization_pending" });
    for (const [state, error] of [
      ["slow-down", "slow_down"],
      ["denied", "access_denied"],
      ["expired", "expired_token"],
    ] as const) {
      fake.settleDevice(state);
      expect(await poll()).toMatchObject({ error });
    }
    fake.settleDevice("allowed");
    const given = await poll();
    const headers = { authorization: `Bearer ${given.access_token}` };
    expect((await send(`${fake.url}/api/whoami-v2`, headers)).status).toBe(200);
    const refresh = () =>
      post(`${fake.url}/oauth/token`, form, `grant_type=refresh_token&refresh_token=${given.refresh_token}`);
    expect(await refresh()).toMatchObject({ status: 200, refresh_token: expect.any(String) });
    expect(await refresh()).toMatchObject({ status: 400, error: "invalid_grant" });
  });

  it("hands a job its identity token, for an audience", async () => {
    const fake = await fakeHub();
    const mine = { authorization: "Bearer request-token" };
    expect((await send(`${fake.idTokenUrl}&audience=x`, mine)).body).toContain('"value":"id-token"');
    expect((await send(fake.idTokenUrl, mine)).status).toBe(400);
    expect((await send(`${fake.idTokenUrl}&audience=x`)).status).toBe(401);
  });
});

it("answers as scripted, in the Hub's own words for a status, and then as ever", async () => {
  const fake = await fakeHub();
  fake.script(
    "GET /api/whoami-v2",
    { status: 429, headers: { "retry-after": "7" } },
    { status: 502, body: "<h1>Bad gateway</h1>" },
    { status: 401 },
    { drop: true },
  );
  const ask = () => send(`${fake.url}/api/whoami-v2`, { authorization });
  expect(await ask()).toMatchObject({
    status: 429,
    headers: { "retry-after": "7", "x-error-message": expect.stringContaining("limit") },
  });
  expect(await ask()).toMatchObject({ status: 502, headers: { "content-type": "text/html" } });
  expect((await ask()).body).toContain("Invalid credentials");
  await expect(ask()).rejects.toMatchObject({ code: "ECONNRESET" });
  expect((await ask()).status).toBe(200);
});

it("knows tokens from when they are added until they are revoked, and frees its ports", async () => {
  let urls: string[];
  {
    await using fake = await startFakeHuggingFace();
    urls = [fake.url, fake.cdnUrl, fake.xetUrl, fake.idTokenUrl];
    const ask = async () => (await send(`${fake.url}/api/whoami-v2`, { authorization })).status;
    expect(await ask()).toBe(401);
    fake.addToken(canary);
    expect(await ask()).toBe(200);
    fake.revokeToken(canary);
    expect(await ask()).toBe(401);
  }
  for (const url of urls) await expect(send(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
