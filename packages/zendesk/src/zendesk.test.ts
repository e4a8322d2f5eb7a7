import { describe, expect, it } from "vitest";

import { apiCanary, basicOf, canary, fakeZendesk, fetchFrom } from "./fixtures/zendesk-on-loopback.ts";
import { zendesk, type ZendeskOptions } from "./index.ts";

const account = { ZENDESK_SUBDOMAIN: "acme" };
const api = { ZENDESK_API_TOKEN: apiCanary, ZENDESK_EMAIL: "ada@example.com" };
const oauth = { ZENDESK_OAUTH_TOKEN: canary };
const origin = "https://acme.zendesk.com";

describe("zendesk", () => {
  it("says who it is without being used", () => {
    const { id, name, tokenUrl } = zendesk;
    expect([id, name]).toEqual(["zendesk", "Zendesk"]);
    expect(tokenUrl).toMatch(/^https:\/\/developer\.zendesk\.com\//);
  });

  it.each<[string, ZendeskOptions, Record<string, string>]>([
    ["the option", { subdomain: "acme" }, { ZENDESK_SUBDOMAIN: "umbra" }],
    ["the variable", {}, { ZENDESK_SUBDOMAIN: " Acme\n" }],
    ["an address that was pasted", { subdomain: "https://acme.zendesk.com/agent" }, {}],
    ["the variable, where the option is blank", { subdomain: " " }, account],
  ])("sends the token to the account of %s, and to nothing else", async (_, options, env) => {
    const auth = zendesk({ ...options, env, token: canary });
    expect([auth.baseUrl, auth.origins]).toEqual([origin, [origin]]);
    expect(await auth.headers("/api/v2/tickets")).toEqual({ authorization: `Bearer ${canary}` });
    for (const url of [
      "https://umbra.zendesk.com/",
      "https://zendesk.com/",
      "https://p1.zdusercontent.com/a",
    ])
      expect(await auth.headers(url)).toEqual({});
  });

  it.each([undefined, " ", "acme.evil.example", "evil.example/.zendesk.com#", "a@b", "acme_x:8080", "-acme"])(
    "takes %j for no account, and says what to set",
    async (subdomain) => {
      const auth = zendesk({ subdomain, env: {}, token: canary });
      await expect(auth.verify()).rejects.toMatchObject({
        code: "AUTH_PROVIDER_INVALID",
        remedy: expect.stringContaining("ZENDESK_SUBDOMAIN"),
      });
    },
  );

  it("needs no account where the caller gives an address", async () => {
    const fake = await fakeZendesk();
    const auth = zendesk({ baseUrl: fake.url, env: {}, token: canary });
    expect((await auth.verify()).identity.label).toBe("Ada Lovelace");
  });
});

describe("a token", () => {
  it.each<[string, Parameters<typeof zendesk>[0], Record<string, string>, string, string]>([
    ["the option", { token: canary }, { ...oauth, ...api }, "option token", `Bearer ${canary}`],
    [
      "the option, as an API token with its user's email",
      { token: apiCanary, email: "grace@example.com" },
      { ...oauth, ...api },
      "option token",
      basicOf("grace@example.com"),
    ],
    ["ZENDESK_OAUTH_TOKEN", {}, { ...oauth, ...api }, "env ZENDESK_OAUTH_TOKEN", `Bearer ${canary}`],
    [
      "ZENDESK_OAUTH_TOKEN, whatever the option email is",
      { email: "ada@example.com" },
      oauth,
      "env ZENDESK_OAUTH_TOKEN",
      `Bearer ${canary}`,
    ],
    ["ZENDESK_API_TOKEN", {}, api, "env ZENDESK_API_TOKEN", basicOf("ada@example.com")],
    [
      "ZENDESK_API_TOKEN, where ZENDESK_OAUTH_TOKEN is blank",
      {},
      { ...api, ZENDESK_OAUTH_TOKEN: " \n" },
      "env ZENDESK_API_TOKEN",
      basicOf("ada@example.com"),
    ],
    [
      "ZENDESK_API_TOKEN with the option email",
      { email: "grace@example.com" },
      api,
      "env ZENDESK_API_TOKEN",
      basicOf("grace@example.com"),
    ],
  ])("is that of %s, in its own form", async (_, options, env, source, value) => {
    const fake = await fakeZendesk();
    const auth = zendesk({ ...options, env: { ...account, ...env }, fetch: fetchFrom(fake) });
    expect((await auth.token()).source).toBe(source);
    expect((await auth.verify()).token.source).toBe(source);
    expect(fake.requests[0]?.headers.authorization === value).toBe(true);
  });

  it("that is an API token needs the email of its user", async () => {
    const env = { ...account, ZENDESK_API_TOKEN: apiCanary };
    await expect(zendesk({ env }).token()).rejects.toMatchObject({
      code: "AUTH_TOKEN_SOURCE_FAILED",
      remedy: expect.stringMatching(/ZENDESK_EMAIL.*ZENDESK_OAUTH_TOKEN/),
    });
    await expect(zendesk({ env: { ...env, ...api, ZENDESK_EMAIL: "ada" } }).token()).rejects.toMatchObject({
      code: "AUTH_PROVIDER_INVALID",
      message: expect.stringContaining("ZENDESK_EMAIL is not an email"),
    });
  });

  it("that is in no place is named by its variables, of which the one for OAuth comes first", async () => {
    await expect(zendesk({ env: account }).token()).rejects.toMatchObject({
      code: "AUTH_TOKEN_NOT_FOUND",
      message: expect.stringMatching(/ZENDESK_OAUTH_TOKEN.*ZENDESK_API_TOKEN/),
      remedy: expect.stringContaining("ZENDESK_OAUTH_TOKEN"),
    });
  });

  it("that ends in April 2027 is warned of", async () => {
    const warnings = async (env: object): Promise<readonly string[]> =>
      (await zendesk({ env: { ...account, ...env } }).explain()).warnings;
    expect(await warnings(api)).toEqual([expect.stringContaining("2027-04-30")]);
    expect(await warnings(oauth)).toEqual([]);
  });
});

describe("verify", () => {
  it("gives the user, and Zendesk's id for the answer", async () => {
    const fake = await fakeZendesk();
    const { identity, requestId } = await zendesk({ baseUrl: fake.url, env: oauth }).verify();
    expect(identity).toEqual({
      kind: "user",
      id: "35436",
      label: "Ada Lovelace",
      email: "ada@example.com",
      role: "admin",
    });
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(fake.requests).toMatchObject([{ method: "GET", url: "/api/v2/users/me.json" }]);
  });

  it.each([200, 401] as const)("takes the anonymous user for a refusal, said with %i", async (anonymous) => {
    const fake = await fakeZendesk({ anonymous, requestId: "x-request-id" });
    const env = { ...account, ...api, ZENDESK_API_TOKEN: "no-longer-valid" };
    await expect(zendesk({ env, fetch: fetchFrom(fake) }).verify()).rejects.toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      status: anonymous,
      message: expect.stringContaining("env ZENDESK_API_TOKEN"),
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      remedy: expect.stringContaining("ZENDESK_OAUTH_TOKEN"),
    });
  });

  it("says of an API token that was given as the option that its user is missing", async () => {
    const fake = await fakeZendesk();
    const auth = zendesk({ baseUrl: fake.url, env: {}, token: apiCanary });
    await expect(auth.verify()).rejects.toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      remedy: expect.stringContaining("the option email"),
    });
  });

  it("shows nothing of the secret that stands beside the user", async () => {
    const fake = await fakeZendesk();
    const verification = await zendesk({ baseUrl: fake.url, env: oauth }).verify();
    expect(JSON.stringify(verification)).not.toContain("authenticity");
  });
});

describe("errorOf", () => {
  it("tells what an answer of fetch means", async () => {
    const fake = await fakeZendesk({ tokens: { [canary]: { scopes: ["tickets:read"] } } });
    const auth = zendesk({ baseUrl: fake.url, env: oauth });
    const codeOf = async (path: string): Promise<unknown> =>
      (await auth.errorOf(await auth.fetch(path)))?.code;
    expect(await codeOf("/api/v2/tickets")).toBeUndefined();
    expect(await codeOf("/api/v2/users")).toBe("AUTH_PERMISSION_DENIED");
    fake.script("GET /api/v2/tickets", { problem: "rate_limited" });
    expect(await codeOf("/api/v2/tickets")).toBe("AUTH_RATE_LIMITED");
    fake.revokeToken(canary);
    expect(await codeOf("/api/v2/tickets")).toBe("AUTH_TOKEN_REJECTED");
  });
});

it("an attachment is loaded from the origin that Zendesk leads to, which sees no token", async () => {
  const fake = await fakeZendesk();
  const auth = zendesk({ baseUrl: fake.url, env: oauth });
  const response = await auth.fetch("/attachments/token/a.png");
  expect([response.status, await response.text()]).toEqual([200, "an attachment"]);
  expect(fake.content.requests.map(({ headers }) => "authorization" in headers)).toEqual([false]);
});
