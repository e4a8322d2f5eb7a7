import { generateKeyPairSync, sign } from "node:crypto";

import { send, type Wire } from "@auth/testing/loopback";
import { describe, expect, it } from "vitest";

import { canary, fakeGitHub, installationCanary } from "../fixtures/github-on-loopback.ts";
import { type FakeGitHub, type GitHubProblemName, startFakeGitHub } from "./index.ts";

const agent = { "user-agent": "acme" };
const as = (token: string, more: Record<string, string> = {}): Record<string, string> => ({
  ...agent,
  authorization: `Bearer ${token}`,
  ...more,
});
const told = ({ status, body }: Wire): unknown => [status, body === "" ? undefined : JSON.parse(body)];

describe("a request", () => {
  it("without a User-Agent is refused by a page, whatever else it has", async () => {
    const fake = await fakeGitHub();
    const { status, headers, body } = await send(`${fake.url}/user`, { authorization: `Bearer ${canary}` });
    expect([status, headers["content-type"]]).toEqual([403, "text/html"]);
    expect(body).toMatch(/^Request forbidden by administrative rules\./);
  });

  it("with a token that nobody knows is told so before anything else, and is not counted", async () => {
    const fake = await fakeGitHub();
    for (const path of ["/user", "/rate_limit", "/", "/nowhere"]) {
      const answer = await send(`${fake.url}${path}`, as("wrong", { "x-github-api-version": "1999-01-01" }));
      expect(told(answer)).toEqual([
        401,
        { message: "Bad credentials", documentation_url: "https://docs.github.com/rest", status: "401" },
      ]);
      const names = Object.keys(answer.headers);
      expect(names.filter((name) => /ratelimit|version-selected|www-auth/.test(name))).toEqual([]);
      expect(answer.headers["x-github-request-id"]).toMatch(/^[0-9A-F]{4}(?::[0-9A-F]{6,8}){4}$/);
    }
  });

  it("with a version that nobody knows is refused before a token is asked for", async () => {
    const fake = await fakeGitHub();
    const version = { "x-github-api-version": "1999-01-01" };
    expect((await send(`${fake.url}/user`, { ...agent, ...version })).status).toBe(400);
    expect((await send(`${fake.url}/user`, as(canary, version))).status).toBe(400);
    expect((await send(`${fake.url}/rate_limit`, { ...agent, ...version })).status).toBe(200);
    const known = await send(`${fake.url}/user`, as(canary, { "x-github-api-version": "2026-03-10" }));
    expect(known.headers["x-github-api-version-selected"]).toBe("2026-03-10");
  });

  it("without a token is asked for one, and counted among those of nobody", async () => {
    const fake = await fakeGitHub();
    const { status, headers, body } = await send(`${fake.url}/user`, agent);
    expect([status, JSON.parse(body).message, headers["x-ratelimit-limit"]]).toEqual([
      401,
      "Requires authentication",
      "60",
    ]);
    const graphql = await send(`${fake.url}/graphql`, agent, "POST", "{}");
    expect(JSON.parse(graphql.body).message).toBe("This endpoint requires you to be authenticated.");
    expect((await send(`${fake.url}/rate_limit`, agent)).status).toBe(200);
  });

  it.each(["Bearer", "bearer", "token", "TOKEN"])("takes the token as %s", async (scheme) => {
    const fake = await fakeGitHub();
    const { status } = await send(`${fake.url}/user`, { ...agent, authorization: `${scheme} ${canary}` });
    expect(status).toBe(200);
  });

  it.each(["Bearer", "Bearer a b", canary, "Basic abc"])("does not take %#, another form", async (value) => {
    const fake = await fakeGitHub();
    expect((await send(`${fake.url}/user`, { ...agent, authorization: value })).status).toBe(401);
  });
});

describe("the user", () => {
  it("is told, with scopes, limits, and an ETag that saves sending it again", async () => {
    const fake = await fakeGitHub();
    const { status, headers, body } = await send(`${fake.url}/user`, as(canary));
    expect([status, JSON.parse(body)]).toMatchObject([200, { id: 583_231, login: "ada", type: "User" }]);
    expect(headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "x-oauth-scopes": "read:org, repo",
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": "4999",
      "cache-control": "private, max-age=60, s-maxage=60",
    });
    const again = await send(`${fake.url}/user`, as(canary, { "if-none-match": String(headers["etag"]) }));
    expect([again.status, again.body]).toEqual([304, ""]);
  });

  it.each([
    ["utc", "2026-02-06 06:42:23 UTC"],
    ["offset", "2026-02-06 07:42:23 +0100"],
  ] as const)("is told when the token ends, in the form %s", async (expirationForm, shown) => {
    const expiresAt = Date.parse("2026-02-06T06:42:23Z");
    const tokens = { [canary]: { expiresAt } };
    const fake = await fakeGitHub({ tokens, expirationForm, now: () => expiresAt - 1 });
    const { headers } = await send(`${fake.url}/user`, as(canary));
    expect(headers["github-authentication-token-expiration"]).toBe(shown);
  });

  it("is not told of an installation, whose bot GraphQL tells", async () => {
    const fake = await fakeGitHub();
    expect(told(await send(`${fake.url}/user`, as(installationCanary)))).toMatchObject([
      403,
      { message: "Resource not accessible by integration" },
    ]);
    const query = JSON.stringify({ query: "query{viewer{login databaseId}}" });
    for (const url of [`${fake.url}/graphql`, fake.enterpriseUrl.replace("/v3", "/graphql")])
      expect(told(await send(url, as(installationCanary), "POST", query))).toEqual([
        200,
        { data: { viewer: { login: "acme-app[bot]", databaseId: 49_699_333 } } },
      ]);
  });

  it("has scopes in no header where the token has permissions, and none in an empty one", async () => {
    const fine = `github_pat_${"x".repeat(22)}`;
    const fake = await fakeGitHub({ tokens: { [fine]: {}, [canary]: { scopes: [] } } });
    expect((await send(`${fake.url}/user`, as(fine))).headers).not.toHaveProperty("x-oauth-scopes");
    expect((await send(`${fake.url}/user`, as(canary))).headers["x-oauth-scopes"]).toBe("");
  });

  it("is known from when the token is added until it is revoked, or ends", async () => {
    let at = 0;
    const fake = await fakeGitHub({ tokens: {}, now: () => at });
    const ask = async (): Promise<unknown> => (await send(`${fake.url}/user`, as(canary))).status;
    expect(await ask()).toBe(401);
    fake.addToken(canary, { expiresAt: 10 });
    expect(await ask()).toBe(200);
    at = 10;
    expect(await ask()).toBe(401);
    fake.addToken(canary);
    expect(await ask()).toBe(200);
    fake.revokeToken(canary);
    expect(await ask()).toBe(401);
  });
});

describe("an Enterprise Server", () => {
  it("has REST below /api/v3 and GraphQL beside it, and says which it is", async () => {
    const fake = await fakeGitHub({ enterpriseVersion: "3.17.0" });
    const { status, headers } = await send(`${fake.enterpriseUrl}/user`, as(canary));
    expect([status, headers["x-github-enterprise-version"]]).toEqual([200, "3.17.0"]);
    expect((await send(`${fake.enterpriseUrl}/graphql`, as(canary), "POST", "{}")).status).toBe(404);
    expect((await send(`${fake.url}/api/user`, as(canary))).status).toBe(404);
    expect((await send(`${fake.url}/user`, as(canary))).headers).not.toHaveProperty(
      "x-github-enterprise-version",
    );
  });
});

describe("limits", () => {
  it("are a user's, whatever the token, and end with the hour", async () => {
    let at = Date.parse("2026-11-28T12:00:00Z");
    const tokens = { [canary]: {}, ghp_another: {} };
    const fake = await fakeGitHub({ tokens, hourlyLimit: 2, now: () => at });
    const ask = (token: string): Promise<Wire> => send(`${fake.url}/user`, as(token));
    await ask(canary);
    await ask("ghp_another");
    const { status, headers, body } = await ask(canary);
    expect([status, JSON.parse(body).message]).toEqual([
      403,
      expect.stringMatching(/^API rate limit exceeded/),
    ]);
    expect(headers).toMatchObject({
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": String(at / 1000 + 3600),
    });
    expect((await send(`${fake.url}/rate_limit`, as(canary))).status).toBe(200);
    at += 3_600_000;
    expect((await ask(canary)).status).toBe(200);
  });
});

describe("an app", () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const at = Date.parse("2026-11-28T12:00:00Z");
  const seconds = at / 1000;
  const apps = [{ id: 271_828, publicKey, installations: [{ id: 42, account: "acme" }] }];

  function jwt(claims: object, alg = "RS256"): string {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signed = `${part({ alg, typ: "JWT" })}.${part(claims)}`;
    return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), privateKey).toString("base64url")}`;
  }
  const good = { iss: 271_828, iat: seconds - 60, exp: seconds + 540 };
  const start = (options: object = {}): Promise<FakeGitHub> =>
    fakeGitHub({ apps, now: () => at, ...options });

  it("is told of a JWT by its id and by its client's id", async () => {
    const fake = await start();
    for (const iss of [271_828, "271828", "Iv23lifake0000000000"])
      expect(told(await send(`${fake.url}/app`, as(jwt({ ...good, iss }))))).toMatchObject([
        200,
        { id: 271_828, slug: "acme-app", installations_count: 1 },
      ]);
  });

  it.each<[string, object, GitHubProblemName]>([
    ["another app's", { iss: 1 }, "jwt_undecodable"],
    ["over", { exp: seconds }, "jwt_expired"],
    ["without an end", { exp: "soon" }, "jwt_expired"],
    ["good for longer than ten minutes from now", { exp: seconds + 601 }, "jwt_expiry_too_far"],
    ["from the future", { iat: seconds + 1 }, "jwt_issued_at"],
    ["without a beginning", { iat: "now" }, "jwt_issued_at"],
  ])("does not speak by a JWT that is %s", async (_, claims, name) => {
    const { problems } = await import("./problems.ts");
    const fake = await start();
    const answer = await send(`${fake.url}/app`, as(jwt({ ...good, ...claims })));
    expect(told(answer)).toMatchObject([401, { message: problems[name].message }]);
  });

  it("does not speak by another algorithm, nor as `token`", async () => {
    const fake = await start();
    expect((await send(`${fake.url}/app`, as(jwt(good, "HS256")))).status).toBe(401);
    const authorization = `token ${jwt(good)}`;
    expect((await send(`${fake.url}/app`, { ...agent, authorization })).status).toBe(401);
    expect((await send(`${fake.url}/user`, as(jwt(good)))).status).toBe(403);
    expect((await send(`${fake.url}/app`, as(canary))).status).toBe(401);
  });

  it.each([
    [true, {}, 450, 600],
    [true, { "x-github-stateless-s2s-token": "disabled" }, 40, 40],
    [false, {}, 40, 40],
    [false, { "x-github-stateless-s2s-token": "enabled" }, 450, 600],
  ])("gets a token for its installation, in either form", async (statelessTokens, headers, least, most) => {
    const fake = await start({ statelessTokens });
    const url = `${fake.url}/app/installations/42/access_tokens`;
    const { status, body } = await send(url, as(jwt(good), headers), "POST");
    const { token, ...facts } = JSON.parse(body) as { token: string };
    expect([status, facts]).toEqual([
      201,
      {
        expires_at: "2026-11-28T13:00:00Z",
        permissions: { issues: "write", metadata: "read" },
        repository_selection: "all",
      },
    ]);
    expect(token).toMatch(/^ghs_/);
    expect(token.length).toBeGreaterThanOrEqual(least);
    expect(token.length).toBeLessThanOrEqual(most);
    expect((await send(`${fake.url}/installation/repositories`, as(token))).status).toBe(200);
    expect((await send(`${fake.url}/installation/token`, as(token), "DELETE")).status).toBe(204);
    expect((await send(`${fake.url}/installation/repositories`, as(token))).status).toBe(401);
  });

  it("gets none for another's installation, a suspended one, or permissions that it has not", async () => {
    const installations = [
      { id: 42, account: "acme" },
      { id: 43, account: "umbra", suspended: true },
    ];
    const fake = await start({ apps: [{ ...apps[0], installations }] });
    const ask = async (id: number, body = ""): Promise<number | undefined> =>
      (await send(`${fake.url}/app/installations/${id}/access_tokens`, as(jwt(good)), "POST", body)).status;
    expect(await ask(7)).toBe(404);
    expect(await ask(43)).toBe(403);
    expect(await ask(42, JSON.stringify({ permissions: { administration: "write" } }))).toBe(422);
    expect(await ask(42, JSON.stringify({ permissions: { issues: "read" } }))).toBe(201);
  });
});

describe("an archive", () => {
  it("is on another origin, which wants no token", async () => {
    const fake = await fakeGitHub();
    const { status, headers } = await send(`${fake.url}/repos/acme/widgets/tarball/main`, as(canary));
    expect(status).toBe(302);
    const location = String(headers["location"]);
    expect(location.startsWith(`${fake.downloads.url}/`)).toBe(true);
    expect((await send(location, agent)).status).toBe(200);
    expect((await send(location, as(canary))).status).toBe(400);
  });
});

describe("a script", () => {
  it("gives refusals by name, statuses alone, and what else a test wants", async () => {
    const fake = await fakeGitHub();
    fake.script(
      "GET /user",
      { problem: "integration", times: 2 },
      { status: 404 },
      { status: 502, body: "<h1>" },
    );
    const ask = (): Promise<Wire> => send(`${fake.url}/user`, as(canary));
    for (let times = 0; times < 2; times += 1)
      expect((await ask()).headers["x-accepted-github-permissions"]).toBe("issues=write");
    expect(told(await ask())).toMatchObject([404, { message: "Not Found", status: "404" }]);
    expect((await ask()).body).toBe("<h1>");
    expect((await ask()).status).toBe(200);
  });

  it("for an operation that is none is a mistake of the test", async () => {
    const fake = await fakeGitHub();
    // @ts-expect-error: the slip
    expect(() => fake.script("GET /users", {})).toThrow(TypeError);
    // @ts-expect-error: another one
    await expect(startFakeGitHub({ tokens: { a: { refusals: { "GET /me": "saml" } } } })).rejects.toThrow(
      TypeError,
    );
  });
});

it("a body leaves its status out where the fake is told to, as GitHub's did until 2025", async () => {
  const fake = await fakeGitHub({ statusMember: false });
  const { body } = await send(`${fake.url}/user`, as("wrong"));
  expect(Object.keys(JSON.parse(body))).toEqual(["message", "documentation_url"]);
});
