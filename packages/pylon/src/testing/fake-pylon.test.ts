import { send, type Wire } from "@auth/testing/loopback";
import { describe, expect, it } from "vitest";

import { fakePylon } from "../fixtures/pylon-on-loopback.ts";
import { startFakePylon } from "./index.ts";

const known = "test-token-known";
const authorization = `Bearer ${known}`;
const tokens = {
  [known]: {},
  "test-token-eu": { region: "eu" },
  "test-token-barred": { denied: ["GET /issues"] },
} as const;

describe("without a token", () => {
  it.each([
    ["without codes, as recorded on 2026-09-10", false, 182],
    ["with codes, as recorded on 2026-09-13", true, 224],
  ])("answers byte for byte %s", async (_, code, length) => {
    const fake = await fakePylon({ code });
    const { status, headers, rawHeaders, body } = await send(`${fake.url}/me`);
    const requestId = headers["x-pylon-request-id"];
    expect(status).toBe(401);
    expect(requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(body).toBe(
      `{
  "errors": [
    "Token must follow Bearer authorization scheme: https://www.rfc-editor.org/rfc/rfc6750#section-2.1."
  ],
  "request_id": "${String(requestId)}"${code ? ',\n  "code": "invalid_authorization_header"' : ""}
}`,
    );
    expect(Buffer.byteLength(body)).toBe(length);
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "content-length": String(length),
      "access-control-expose-headers": "X-Pylon-Request-ID",
    });
    expect(rawHeaders.flatMap((name, index) => (name === "vary" ? rawHeaders[index + 1] : []))).toEqual([
      "Accept-Encoding",
      "Origin",
    ]);
    expect(Object.keys(headers)).not.toContain("www-authenticate");
    expect(Object.keys(headers).filter((name) => name.includes("rate"))).toEqual([]);
  });

  it("judges the path and then the method before the token", async () => {
    const fake = await fakePylon();
    const unknown = await send(`${fake.url}/nowhere`);
    expect([unknown.status, JSON.parse(unknown.body)]).toMatchObject([
      404,
      { errors: ["Not a valid API URL!"], code: "not_found" },
    ]);
    const wrongMethod = await send(`${fake.url}/me`, {}, "POST");
    expect([wrongMethod.status, JSON.parse(wrongMethod.body)]).toMatchObject([
      405,
      { errors: ["Method not allowed"], code: "method_not_allowed" },
    ]);
    for (const path of ["/me/", "/issues/1/2", "/accounts/", "/v1/me"]) {
      expect((await send(`${fake.url}${path}`)).status).toBe(404);
    }
    expect((await send(`${fake.url}/issues/1`, {}, "DELETE")).status).toBe(405);
  });

  it.each(["Basic abc", "Bearer", "Bearer a b", known])(
    "refuses the header %j for its form",
    async (header) => {
      const fake = await fakePylon({ tokens });
      const { status, body } = await send(`${fake.url}/me`, { authorization: header });
      expect([status, JSON.parse(body)]).toMatchObject([401, { code: "invalid_authorization_header" }]);
    },
  );
});

describe("with a token", () => {
  it("accepts a known one in its own region, and tells organization and user", async () => {
    const fake = await fakePylon({ tokens });
    const { status, headers, body } = await send(`${fake.url}/me`, { authorization });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      data: {
        id: "5f0c2c1e-7d0e-4c2b-9a55-0d3b8f6f2a10",
        name: "Acme Support",
        user: { id: "0b6d7d0a-5f7e-4a52-8d1c-6a1d2f6f0c33" },
      },
      request_id: headers["x-pylon-request-id"],
    });
    expect(headers).toMatchObject({ "content-type": "application/json", "x-rate-limit-remaining": "299" });
  });

  it("tells what the token table says: another organization, a person's email, no user in the older era", async () => {
    const ada = {
      organization: { id: "o-1", name: "Ada Ltd" },
      user: { id: "u-1", email: "ada@example.com" },
    };
    const fake = await fakePylon({ tokens: { [known]: ada } });
    const { body } = await send(`${fake.url}/me`, { authorization });
    expect(JSON.parse(body)).toMatchObject({ data: { ...ada.organization, user: ada.user } });
    const older = await fakePylon({ tokens: { [known]: ada }, user: false });
    const { data } = JSON.parse((await send(`${older.url}/me`, { authorization })).body);
    expect(data).toEqual(ada.organization);
  });

  it("names the host of the token's own region in the other one", async () => {
    const fake = await fakePylon({ tokens });
    const us = await send(`${fake.euUrl}/me`, { authorization });
    expect([us.status, JSON.parse(us.body)]).toMatchObject([
      401,
      { errors: [expect.stringContaining("https://api.usepylon.com")], code: "wrong_region_token" },
    ]);
    const eu = await send(`${fake.url}/me`, { authorization: "Bearer test-token-eu" });
    expect([eu.status, JSON.parse(eu.body)]).toMatchObject([
      401,
      { errors: [expect.stringContaining("https://api.eu.usepylon.com")], code: "wrong_region_token" },
    ]);
  });

  it("knows tokens from when they are added until they are revoked", async () => {
    const fake = await fakePylon({ tokens: {} });
    const ask = async (): Promise<unknown> =>
      JSON.parse((await send(`${fake.url}/me`, { authorization })).body);
    expect(await ask()).toMatchObject({ errors: ["Invalid API token!"], code: "invalid_api_token" });
    fake.addToken(known);
    expect(await ask()).toHaveProperty("data");
    fake.revokeToken(known);
    expect(await ask()).toMatchObject({ code: "invalid_api_token" });
  });

  it("denies the operations that the token may not use, and no others", async () => {
    const fake = await fakePylon({ tokens });
    const barred = { authorization: "Bearer test-token-barred" };
    const { status, body } = await send(`${fake.url}/issues`, barred);
    expect([status, JSON.parse(body)]).toMatchObject([403, { code: "permission_denied" }]);
    expect((await send(`${fake.url}/issues/search`, barred, "POST", "{}")).status).toBe(200);
  });
});

describe("lists", () => {
  const issues = [{ id: "1" }, { id: "2" }, { id: "3" }];

  it("come in pages, with the cursor of the next one", async () => {
    const fake = await fakePylon({ tokens, issues });
    const first = JSON.parse((await send(`${fake.url}/issues?limit=2`, { authorization })).body);
    expect(first).toMatchObject({ data: [{ id: "1" }, { id: "2" }], pagination: { has_next_page: true } });
    const query = `limit=2&cursor=${first.pagination.cursor}`;
    const last = JSON.parse((await send(`${fake.url}/issues?${query}`, { authorization })).body);
    expect(last.data).toEqual([{ id: "3" }]);
    expect(last).not.toHaveProperty("pagination");
  });

  it("are searched by the body, whatever the query says", async () => {
    const fake = await fakePylon({ tokens, issues });
    const search = (body: string): Promise<Wire> =>
      send(`${fake.url}/issues/search?cursor=2`, { authorization }, "POST", body);
    expect(JSON.parse((await search('{"limit":1,"cursor":"1"}')).body)).toMatchObject({
      data: [{ id: "2" }],
    });
    expect(JSON.parse((await search("")).body)).toMatchObject({ data: issues });
    expect((await search("{")).status).toBe(400);
  });

  it("are nothing but a request id where they are empty", async () => {
    const fake = await fakePylon({ tokens, accounts: [] });
    const { body, headers } = await send(`${fake.url}/accounts`, { authorization });
    expect(JSON.parse(body)).toEqual({ request_id: headers["x-pylon-request-id"] });
  });

  it("have objects that can be asked for by id", async () => {
    const fake = await fakePylon({ tokens, issues });
    expect(JSON.parse((await send(`${fake.url}/issues/2`, { authorization })).body)).toMatchObject({
      data: { id: "2" },
    });
    expect((await send(`${fake.url}/issues/4`, { authorization })).status).toBe(404);
  });
});

describe("the rate limit", () => {
  it("is counted for each organization and path template, and starts again after a minute", async () => {
    let now = 0;
    const fake = await fakePylon({
      tokens: { ...tokens, twin: {}, stranger: { organization: { id: "o-2", name: "Other" } } },
      limits: { "GET /issues/{id}": 2 },
      now: () => now,
    });
    const ask = (path: string, token = known): Promise<Wire> =>
      send(`${fake.url}${path}`, { authorization: `Bearer ${token}` });

    expect((await ask("/issues/1")).status).toBe(404);
    expect((await ask("/issues/9d2f6c1b-3a64-4f7e-8f0a-51c7c1a0e6d1", "twin")).headers).toMatchObject({
      "x-rate-limit-remaining": "0",
    });
    now = 12_345;
    const refused = await ask("/issues/2");
    expect([refused.status, JSON.parse(refused.body)]).toMatchObject([429, { code: "rate_limited" }]);
    expect(refused.headers).toMatchObject({ "x-retry-after": "48" });
    expect(Object.keys(refused.headers)).not.toContain("retry-after");
    expect((await ask("/issues")).status).toBe(200);
    expect((await ask("/issues/1", "stranger")).status).toBe(404);
    now = 60_000;
    expect((await ask("/issues/1")).status).toBe(404);
  });
});

it.each(["x-retry-after", "retry-after", "none"] as const)(
  "says in the header %s how long to wait",
  async (retryAfter) => {
    const fake = await fakePylon({ tokens, limits: { "GET /me": 0 }, retryAfter, now: () => 0 });
    const { status, headers } = await send(`${fake.url}/me`, { authorization });
    expect(status).toBe(429);
    const waits = Object.entries(headers).filter(([name]) => name.endsWith("retry-after"));
    expect(waits).toEqual(retryAfter === "none" ? [] : [[retryAfter, "60"]]);
  },
);

it("keeps the requests of both regions in order, and frees both ports at the end of the block", async () => {
  let urls: string[];
  {
    await using fake = await startFakePylon({ tokens });
    urls = [fake.url, fake.euUrl];
    await send(`${fake.url}/me`, { authorization });
    await send(`${fake.euUrl}/issues/search?x=1`, {}, "POST", "{}");
    expect(fake.requests).toMatchObject([
      { region: "us", method: "GET", path: "/me", headers: { authorization } },
      { region: "eu", method: "POST", path: "/issues/search", url: "/issues/search?x=1", body: "{}" },
    ]);
  }
  for (const url of urls) await expect(send(`${url}/me`)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

it.each<[string, object]>([
  ['operation "GET /nowhere"', { limits: { "GET /nowhere": 1 } }],
  ['operation "GET /nowhere"', { tokens: { [known]: { denied: ["GET /nowhere"] } } }],
  ['region "mars"', { tokens: { [known]: { region: "mars" } } }],
])("does not start where an option names the unknown %s", async (slip, options) => {
  await expect(startFakePylon(options)).rejects.toThrow(`no ${slip}.`);
});
