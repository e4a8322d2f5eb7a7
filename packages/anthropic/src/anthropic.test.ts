import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import {
  adminCanary,
  canary,
  fakeAnthropic,
  fetchFrom,
  oauthCanary,
} from "./fixtures/anthropic-on-loopback.ts";
import { anthropic, type AnthropicOptions, login, logout, savedLogin } from "./index.ts";

const url = "https://api.anthropic.com/v1/messages";
const version = { "anthropic-version": "2023-06-01" };

describe("anthropic", () => {
  it("says who it is without being used", () => {
    const { id, name, tokenUrl } = anthropic;
    expect({ id, name, tokenUrl }).toEqual({
      id: "anthropic",
      name: "Anthropic",
      tokenUrl: "https://platform.claude.com/settings/keys",
    });
  });

  it.each<[string, AnthropicOptions, Record<string, string>, Record<string, string>]>([
    ["a key", {}, { ANTHROPIC_API_KEY: canary }, { "x-api-key": canary, ...version }],
    ["an admin key", {}, { ANTHROPIC_API_KEY: adminCanary }, { "x-api-key": adminCanary, ...version }],
    [
      "a token of OAuth, with what it needs beside it",
      {},
      { ANTHROPIC_API_KEY: oauthCanary },
      { authorization: `Bearer ${oauthCanary}`, "anthropic-beta": "oauth-2025-04-20", ...version },
    ],
    [
      "the same in the other variable",
      {},
      { ANTHROPIC_AUTH_TOKEN: oauthCanary },
      { authorization: `Bearer ${oauthCanary}`, "anthropic-beta": "oauth-2025-04-20", ...version },
    ],
    [
      "a gateway's token",
      {},
      { ANTHROPIC_AUTH_TOKEN: canary },
      { authorization: `Bearer ${canary}`, ...version },
    ],
    [
      "a key as a bearer",
      { keyHeader: "authorization" },
      { ANTHROPIC_API_KEY: canary },
      { authorization: `Bearer ${canary}`, ...version },
    ],
    [
      "a gateway's token in the header of keys",
      { keyHeader: "x-api-key" },
      { ANTHROPIC_AUTH_TOKEN: canary },
      { "x-api-key": canary, ...version },
    ],
    [
      "a key with another version",
      { version: "2026-10-21" },
      { ANTHROPIC_API_KEY: canary },
      { "x-api-key": canary, "anthropic-version": "2026-10-21" },
    ],
  ])("sends %s in its own header, and the version", async (_, options, env, headers) => {
    expect(await anthropic({ ...options, env }).headers(url)).toEqual(headers);
  });

  it("sends nothing of it to anything else", async () => {
    const auth = anthropic({ token: canary, env: {} });
    for (const foreign of [
      "https://platform.claude.com/settings/keys",
      "https://api.anthropic.com.evil.example/v1/models",
      "http://api.anthropic.com/v1/models",
      "https://api.anthropic.com:8443/",
    ])
      expect(await auth.headers(foreign)).toEqual({});
  });

  it.each([
    ["the option", canary, { ANTHROPIC_API_KEY: "other" }, "option token"],
    [
      "ANTHROPIC_API_KEY",
      undefined,
      { ANTHROPIC_API_KEY: canary, ANTHROPIC_AUTH_TOKEN: "other" },
      "env ANTHROPIC_API_KEY",
    ],
    [
      "ANTHROPIC_AUTH_TOKEN",
      undefined,
      { ANTHROPIC_API_KEY: " ", ANTHROPIC_AUTH_TOKEN: canary },
      "env ANTHROPIC_AUTH_TOKEN",
    ],
  ])("takes the key of %s", async (_, token, env, source) => {
    expect((await anthropic({ token, env }).token()).source).toBe(source);
  });

  it("reads no login of a subscription", async () => {
    const env = { CLAUDE_CODE_OAUTH_TOKEN: oauthCanary, HOME: "/home/ada", CLAUDE_CONFIG_DIR: "/home/ada" };
    await expect(anthropic({ env }).token()).rejects.toMatchObject({
      code: "AUTH_TOKEN_NOT_FOUND",
      remedy: expect.stringMatching(/ANTHROPIC_API_KEY.*https:\/\/platform\.claude\.com\/settings\/keys/),
    });
  });

  it("refuses another header for keys", async () => {
    const options = { keyHeader: "cookie" as "x-api-key", token: canary, env: {} };
    await expect(anthropic(options).token()).rejects.toMatchObject({ code: "AUTH_PROVIDER_INVALID" });
  });

  it("warns of an address that it does not follow", async () => {
    const env = { ANTHROPIC_API_KEY: canary, ANTHROPIC_BASE_URL: "https://gateway.example/" };
    expect((await anthropic({ env }).explain()).warnings).toEqual([
      "ANTHROPIC_BASE_URL is set and not followed: pass it as the option baseUrl if the key may go there.",
    ]);
    const { warnings } = await anthropic({ env, baseUrl: "https://gateway.example" }).explain();
    expect(warnings).toEqual([]);
  });
});

describe("verify", () => {
  it.each([
    ["a key", canary, "/v1/models?limit=1", { workspaceId: "wrkspc_01Acme" }],
    ["a token of OAuth", oauthCanary, "/v1/models?limit=1", { workspaceId: "wrkspc_01Acme" }],
    ["an admin key", adminCanary, "/v1/organizations/me", { label: "Acme" }],
  ])("asks for %s the endpoint that it may use", async (_, token, asked, more) => {
    const fake = await fakeAnthropic();
    const { identity, requestId } = await anthropic({ fetch: fetchFrom(fake), token, env: {} }).verify();
    expect(identity).toEqual({
      kind: "organization",
      id: "0b6d7d0a-5f7e-4a52-8d1c-6a1d2f6f0c33",
      ...more,
    });
    expect(requestId).toMatch(/^req_/);
    expect(fake.requests.map((request) => request.url)).toEqual([asked]);
  });

  it.each([
    ["an unknown key", { [canary]: { state: "revoked" } }, "AUTH_TOKEN_REJECTED", 401],
    [
      "one of a disabled organization",
      { [canary]: { state: "organization-disabled" } },
      "AUTH_PERMISSION_DENIED",
      400,
    ],
    ["none that it knows", {}, "AUTH_TOKEN_REJECTED", 401],
  ] as const)("says why it is refused: %s", async (_, tokens, code, status) => {
    const fake = await fakeAnthropic({ tokens });
    const auth = anthropic({ fetch: fetchFrom(fake), env: { ANTHROPIC_API_KEY: canary } });
    await expect(auth.verify()).rejects.toMatchObject({
      code,
      status,
      requestId: expect.stringMatching(/^req_/),
    });
  });

  it("says of a token of OAuth that it has expired", async () => {
    const fake = await fakeAnthropic({ tokens: { [oauthCanary]: { expiresAt: 1 } } });
    await expect(
      anthropic({ fetch: fetchFrom(fake), token: oauthCanary, env: {} }).verify(),
    ).rejects.toMatchObject({ code: "AUTH_TOKEN_EXPIRED" });
  });
});

describe("fetch", () => {
  it("leaves a version of the caller's alone, and joins the caller's betas", async () => {
    const fake = await fakeAnthropic();
    const auth = anthropic({ baseUrl: fake.url, token: oauthCanary, env: {} });
    const headers = { "anthropic-version": "2026-10-21", "anthropic-beta": "files-api-2025-04-14" };
    expect((await auth.fetch("/v1/models", { headers })).status).toBe(200);
    const [sent] = fake.requests;
    expect(sent?.headers["anthropic-version"]).toBe("2026-10-21");
    expect(sent?.headers["anthropic-beta"]?.toString().split(/,\s*/).toSorted()).toEqual([
      "files-api-2025-04-14",
      "oauth-2025-04-20",
    ]);
  });

  it("takes no header of the key along when it is redirected to another origin", async () => {
    const [fake, elsewhere] = [await fakeAnthropic(), await fakeAnthropic()];
    fake.script("GET /v1/models", { status: 302, headers: { location: `${elsewhere.url}/v1/models` } });
    const auth = anthropic({ baseUrl: fake.url, token: canary, env: {} });
    expect((await auth.fetch("/v1/models")).status).toBe(401);
    const [request] = elsewhere.requests;
    expect(request?.headers).not.toHaveProperty("x-api-key");
    expect(request?.headers).not.toHaveProperty("authorization");
  });

  it("keeps the key after a 401 that is about a page's origin", async () => {
    const fake = await fakeAnthropic();
    let asked = 0;
    const auth = anthropic({ baseUrl: fake.url, token: () => (asked++, canary), env: {} });
    const headers = { origin: "https://page.example" };
    const refused = await auth.fetch("/v1/models", { headers });
    expect(refused.status).toBe(401);
    expect(await auth.errorOf(refused)).toMatchObject({ code: "AUTH_PERMISSION_DENIED" });
    await auth.fetch("/v1/models", { headers });
    expect(asked).toBe(1);
  });
});

it("a login is kept once Anthropic knows the key, used behind the variables, and deleted", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "anthropic-login-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const store = { file: path.join(folder, "logins.json") };
  const fetch = fetchFrom(await fakeAnthropic());
  await login({ token: adminCanary, name: "acme", store, fetch, env: { ANTHROPIC_API_KEY: canary } });
  expect(await savedLogin({ name: "acme", store })).toEqual({
    name: "acme",
    account: { kind: "organization", id: "0b6d7d0a-5f7e-4a52-8d1c-6a1d2f6f0c33", label: "Acme" },
  });
  const used = anthropic({ login: "acme", store, fetch, env: {} });
  expect((await used.verify()).identity.label).toBe("Acme");
  const env = { ANTHROPIC_API_KEY: canary };
  expect((await anthropic({ login: "acme", store, env }).token()).source).toBe("env ANTHROPIC_API_KEY");
  expect(await logout({ name: "acme", store })).toBe(true);
});
