import { send, type Wire } from "@auth/testing/loopback";
import { describe, expect, it } from "vitest";

import { apiCanary, basicOf, canary, fakeZendesk } from "../fixtures/zendesk-on-loopback.ts";
import { type FakeZendesk, startFakeZendesk } from "./index.ts";

const bearer = { authorization: `Bearer ${canary}` };
const told = ({ status, body }: Wire): unknown => [status, body === "" ? undefined : JSON.parse(body)];

describe("users/me", () => {
  it.each(["/api/v2/users/me", "/api/v2/users/me.json"])("tells the user of a token, at %s", async (path) => {
    const fake = await fakeZendesk();
    const authorizations = [bearer.authorization, basicOf("ada@example.com"), basicOf("ADA@example.com")];
    for (const authorization of authorizations)
      expect(told(await send(`${fake.url}${path}`, { authorization }))).toMatchObject([
        200,
        { user: { id: 35_436, email: "ada@example.com", authenticity_token: expect.any(String) } },
      ]);
    const grace = await send(`${fake.url}${path}`, { authorization: basicOf("grace@example.com") });
    expect(told(grace)).toMatchObject([200, { user: { role: "agent" } }]);
  });

  it.each<[string, Record<string, string>]>([
    ["no credentials", {}],
    ["a wrong API token", { authorization: basicOf("ada@example.com", "wrong") }],
    ["a stranger's email", { authorization: basicOf("eve@example.com") }],
    [
      "a password",
      { authorization: `Basic ${Buffer.from(`ada@example.com:${apiCanary}`).toString("base64")}` },
    ],
    ["an OAuth token as a password", { authorization: basicOf("ada@example.com", canary) }],
  ])("answers to %s with 200 and the anonymous user, or as the fake is told", async (_, headers) => {
    const fake = await fakeZendesk();
    expect(told(await send(`${fake.url}/api/v2/users/me`, headers))).toMatchObject([
      200,
      { user: { id: null, name: "Anonymous user" } },
    ]);
    const other = await fakeZendesk({ anonymous: 401 });
    expect((await send(`${other.url}/api/v2/users/me`, headers)).status).toBe(401);
  });

  it.each([apiCanary, "wrong"])("refuses a Bearer that is no OAuth token: %#", async (token) => {
    const fake = await fakeZendesk();
    const answer = await send(`${fake.url}/api/v2/users/me`, { authorization: `Bearer ${token}` });
    expect(told(answer)).toMatchObject([401, { error: "invalid_token" }]);
  });
});

describe("any other path", () => {
  it("refuses who is nobody", async () => {
    const fake = await fakeZendesk();
    expect(told(await send(`${fake.url}/api/v2/tickets`))).toEqual([
      401,
      { error: "Couldn't authenticate you" },
    ]);
    expect((await send(`${fake.url}/api/v2/nowhere`)).status).toBe(401);
    expect(told(await send(`${fake.url}/api/v2/nowhere`, bearer))).toMatchObject([
      404,
      { error: "RecordNotFound" },
    ]);
  });

  it("wants a scope of an OAuth token, and a role of everybody", async () => {
    const fake = await fakeZendesk({
      tokens: { [canary]: { scopes: ["tickets:read"] }, graces: { email: "grace@example.com" } },
    });
    const ask = (path: string, token: string, method = "GET"): Promise<Wire> =>
      send(`${fake.url}/api/v2/${path}`, { authorization: `Bearer ${token}` }, method);
    expect((await ask("tickets.json", canary)).status).toBe(200);
    expect(told(await ask("users", canary))).toMatchObject([403, { error: "Forbidden" }]);
    expect((await ask("tickets", canary, "POST")).status).toBe(403);
    expect(told(await ask("account/settings", "graces"))).toMatchObject([
      403,
      { error: { title: "Forbidden" } },
    ]);
  });

  it("reads and writes tickets", async () => {
    const fake = await fakeZendesk();
    expect(told(await send(`${fake.url}/api/v2/tickets/2.json`, bearer))).toMatchObject([
      200,
      { ticket: { subject: "Invoice is missing" } },
    ]);
    expect((await send(`${fake.url}/api/v2/tickets/3`, bearer)).status).toBe(404);
    const body = JSON.stringify({ ticket: { subject: "Broken" } });
    expect(told(await send(`${fake.url}/api/v2/tickets`, bearer, "POST", body))).toMatchObject([
      201,
      { ticket: { id: 3, subject: "Broken" } },
    ]);
  });

  it("leads an attachment to another origin, which wants no token", async () => {
    const fake = await fakeZendesk();
    const { status, headers } = await send(`${fake.url}/attachments/token/a.png`, bearer);
    expect(status).toBe(302);
    const location = String(headers["location"]);
    expect(location.startsWith(`${fake.content.url}/`)).toBe(true);
    expect((await send(location)).status).toBe(200);
    expect((await send(location, bearer)).status).toBe(400);
  });

  it("takes API tokens no more where access by them is off", async () => {
    const fake = await fakeZendesk({ tokenAccess: false });
    const headers = { authorization: basicOf("ada@example.com") };
    expect((await send(`${fake.url}/api/v2/tickets`, headers)).status).toBe(401);
    expect((await send(`${fake.url}/api/v2/tickets`, bearer)).status).toBe(200);
  });
});

describe("an answer", () => {
  it("has its id in one header as documented, or in another one twice as recorded", async () => {
    const [fake, recorded] = [await fakeZendesk(), await fakeZendesk({ requestId: "x-request-id" })];
    const { headers } = await send(`${fake.url}/api/v2/tickets`, bearer);
    expect(headers["x-zendesk-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers).not.toHaveProperty("x-request-id");
    const other = await send(`${recorded.url}/api/v2/tickets`, bearer);
    const [first, second, ...more] = String(other.headers["x-request-id"]).split(", ");
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect([second, more]).toEqual([first, []]);
    expect(other.headers).not.toHaveProperty("x-zendesk-request-id");
  });
});

describe("a trade for tokens", () => {
  const clients = { web: { secret: "s3cret", expiresIn: 300 }, cli: {} };
  let at = 0;
  const start = (options: object = {}): Promise<FakeZendesk> => {
    at = Date.parse("2026-11-28T12:00:00Z");
    const tokens = { [canary]: { refreshToken: "refresh-1", email: "grace@example.com" } };
    return fakeZendesk({ clients, tokens, now: () => at, ...options });
  };
  const ask = (fake: FakeZendesk, body: object, type = "application/json"): Promise<Wire> =>
    send(`${fake.url}/oauth/tokens`, { "content-type": type }, "POST", JSON.stringify(body));
  const refresh = { grant_type: "refresh_token", client_id: "cli" };

  it("ends the old access token and the old refresh token at once", async () => {
    const fake = await start();
    const { status, body } = await ask(fake, { ...refresh, refresh_token: "refresh-1" });
    const given = JSON.parse(body) as Record<string, string>;
    expect([status, given]).toMatchObject([
      201,
      { token_type: "bearer", scope: "read write", expires_in: 1_800, refresh_token_expires_in: 2_592_000 },
    ]);
    const me = (token = ""): Promise<Wire> =>
      send(`${fake.url}/api/v2/users/me`, { authorization: `Bearer ${token}` });
    expect((await me(canary)).status).toBe(401);
    expect(told(await me(given["access_token"]))).toMatchObject([200, { user: { name: "Grace Hopper" } }]);
    expect(told(await ask(fake, { ...refresh, refresh_token: "refresh-1" }))).toMatchObject([
      400,
      { error: "invalid_grant" },
    ]);
    at += 1_800_000;
    expect((await me(given["access_token"])).status).toBe(401);
    const again = await ask(fake, { ...refresh, refresh_token: given["refresh_token"] });
    expect(again.status).toBe(201);
    at += 2_592_000_000;
    const late = JSON.parse(again.body) as Record<string, string>;
    expect((await ask(fake, { ...refresh, refresh_token: late["refresh_token"] })).status).toBe(400);
  });

  it("is one of a client's, for its own refresh tokens, in JSON", async () => {
    const fake = await start({ oauthStatus: 200 });
    const { status, body } = await ask(fake, { ...refresh, refresh_token: "refresh-1" });
    expect(status).toBe(200);
    const { refresh_token } = JSON.parse(body) as Record<string, string>;
    const asWeb = { ...refresh, client_id: "web", client_secret: "s3cret", refresh_token };
    expect((await ask(fake, asWeb)).status).toBe(400);
    expect((await ask(fake, { ...asWeb, client_secret: "wrong" })).status).toBe(401);
    expect((await ask(fake, { ...refresh, client_id: "toString" })).status).toBe(401);
    expect((await ask(fake, { ...refresh, refresh_token }, "text/plain")).status).toBe(400);
    expect((await ask(fake, { ...refresh, grant_type: "password" })).status).toBe(400);
  });

  it("gives a confidential client a token of its own, which can be looked at and revoked", async () => {
    const fake = await start();
    const asked = { grant_type: "client_credentials", client_id: "web", client_secret: "s3cret" };
    const given = JSON.parse((await ask(fake, { ...asked, scope: "read write" })).body) as Record<
      string,
      string
    >;
    expect(given).toMatchObject({ expires_in: 300 });
    expect(given).not.toHaveProperty("refresh_token");
    const own = { authorization: `Bearer ${given["access_token"]}` };
    const current = await send(`${fake.url}/api/v2/oauth/tokens/current.json`, own);
    const { token } = JSON.parse(current.body) as { token: { id: number } };
    expect(token).toMatchObject({ scopes: ["read", "write"], expires_at: "2026-11-28T12:05:00.000Z" });
    expect((await send(`${fake.url}/api/v2/oauth/tokens/${token.id}`, own, "DELETE")).status).toBe(204);
    expect((await send(`${fake.url}/api/v2/tickets`, own)).status).toBe(401);
    expect((await ask(fake, { ...asked, client_id: "cli" })).status).toBe(401);
  });

  it("of a client with lifetimes that Zendesk does not allow is a mistake of the test", async () => {
    for (const client of [{ expiresIn: 299 }, { refreshExpiresIn: 7_776_001 }])
      await expect(startFakeZendesk({ clients: { client } })).rejects.toThrow(TypeError);
  });
});

describe("a script", () => {
  it("gives refusals by name, statuses alone, and what else a test wants", async () => {
    const fake = await fakeZendesk();
    fake.script(
      "GET /api/v2/tickets",
      { problem: "rate_limited" },
      { problem: "cloudflare" },
      { status: 404 },
    );
    const ask = (): Promise<Wire> => send(`${fake.url}/api/v2/tickets.json`, bearer);
    const limited = await ask();
    expect([limited.status, limited.headers["retry-after"]]).toEqual([429, "17"]);
    expect(limited.body).toMatch(/^Number of allowed/);
    expect((await ask()).headers["content-type"]).toMatch(/^text\/html/);
    expect((await ask()).status).toBe(404);
    expect((await ask()).status).toBe(200);
  });

  it("for an operation that is none is a mistake of the test", async () => {
    const fake = await fakeZendesk();
    // @ts-expect-error: the slip
    expect(() => fake.script("GET /tickets", {})).toThrow(TypeError);
    await expect(startFakeZendesk({ tokens: { a: { email: "eve@example.com" } } })).rejects.toThrow(
      TypeError,
    );
  });
});
