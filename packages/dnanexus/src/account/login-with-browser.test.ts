import { existsSync, readFileSync, statSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { browse, browserLogin, failure, secret } from "../fixtures/browser-login.ts";
import type { BrowserLoginOptions } from "./login-with-browser.ts";
import type { Token } from "../oauth.ts";
import type { ScriptedAnswer } from "../testing/index.ts";

describe("loginWithBrowser", () => {
  it("gives what verify gives, and saves it as any login", async () => {
    const now = Date.now();
    const { fake, paths, login } = await browserLogin({ now: () => now });
    const { identity, token, saved } = await login({ now: () => now });
    expect(identity).toEqual({ kind: "user", id: "user-alice" });
    expect(token).toMatchObject({ source: "the browser login", expiresAt: now + 30 * 86_400_000 });
    expect(saved).toHaveLength(2);
    expect(JSON.parse(readFileSync(paths.user, "utf8"))).toMatchObject({
      DX_USERNAME: "alice",
      DX_SECURITY_CONTEXT: expect.stringMatching(
        /^\{"auth_token": "[0-9a-f]{32}", "auth_token_type": "bearer"\}$/,
      ),
    });
    expect(statSync(paths.user).mode & 0o777).toBe(0o600);
    expect(fake.tokens()).toMatchObject([{ kind: "login", userId: "user-alice", label: "partner" }]);
  });

  it("sends the browser to the auth server, and the code once, as a form", async () => {
    const { fake, login } = await browserLogin();
    await login({ clientId: "withSecret", clientSecret: secret, scope: { projects: { "*": "VIEW" } } });
    const [page, exchange, whoami] = fake.requests;
    expect(Object.fromEntries(new URL(page?.url ?? "", fake.url).searchParams)).toEqual({
      response_type: "code",
      client_id: "withSecret",
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
      scope: '{"projects":{"*":"VIEW"}}',
      state: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(exchange).toMatchObject({
      path: "/oauth2/token",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(exchange?.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(exchange?.body))).toEqual({
      grant_type: "authorization_code",
      code: expect.stringMatching(/^[0-9a-f]{32}$/),
      redirect_uri: new URL(page?.url ?? "", fake.url).searchParams.get("redirect_uri"),
      client_id: "withSecret",
      client_secret: secret,
    });
    expect(whoami?.path).toBe("/system/whoami");
    expect(fake.requests).toHaveLength(3);
    expect(fake.tokens()).toMatchObject([{ scope: { projects: { "*": "VIEW" } } }]);
  });

  it("shows the browser a page without code, token or anything of what it brought", async () => {
    const { fake, login } = await browserLogin();
    let shown: Awaited<ReturnType<typeof browse>> | undefined;
    const kept: Token[] = [];
    await login({
      open: async (page) => (shown = await browse(page)),
      save: (token) => void kept.push(token),
    });
    const code = new URLSearchParams(fake.requests[1]?.body).get("code") ?? "none";
    expect(shown?.status).toBe(200);
    const all = `${shown?.text}${JSON.stringify([...(shown?.headers ?? [])])}`;
    for (const one of [code, kept[0]?.reveal() ?? "none"]) expect(all).not.toContain(one);
    expect(shown?.text).toContain("history.replaceState");
    expect(Object.fromEntries(shown?.headers ?? [])).toMatchObject({
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
    });
  });

  it("gives the token to the program, and writes nothing, where the program keeps it", async () => {
    const { paths, login } = await browserLogin();
    const kept: Token[] = [];
    expect((await login({ save: (token) => void kept.push(token) })).saved).toEqual([]);
    expect(String(kept[0])).toBe("[token from the browser login]");
    expect(existsSync(paths.user)).toBe(false);
  });

  it("says so when the user refuses", async () => {
    const { fake, paths, login } = await browserLogin({ consent: () => undefined });
    expect(await failure(login())).toMatchObject({
      code: "AUTH_LOGIN_FAILED",
      message: expect.stringContaining("did not allow the login (access_denied)"),
      remedy: "Start the login again, and allow it on the page.",
    });
    expect(fake.requests).toHaveLength(1);
    expect(existsSync(paths.user)).toBe(false);
  });

  it("ends with the signal's reason, and frees the port", async () => {
    const { login } = await browserLogin();
    const controller = new AbortController();
    let address = "";
    const open = (page: string): void => {
      address = new URL(page).searchParams.get("redirect_uri") ?? "";
      controller.abort(new Error("enough"));
    };
    await expect(login({ open, signal: controller.signal })).rejects.toThrow("enough");
    await expect(fetch(address)).rejects.toThrow("fetch failed");
    await expect(login({ open, signal: controller.signal })).rejects.toThrow("enough");
  });

  it("passes on what open throws, and frees the port", async () => {
    const { login } = await browserLogin();
    let address = "";
    const open = (page: string): void => {
      address = new URL(page).searchParams.get("redirect_uri") ?? "";
      throw new Error("no browser");
    };
    await expect(login({ open })).rejects.toThrow("no browser");
    await expect(fetch(address)).rejects.toThrow("fetch failed");
  });

  it.each<[string, Partial<BrowserLoginOptions>]>([
    ["redirectUri", { redirectUri: "https://127.0.0.1:8125/callback" }],
    ["redirectUri", { redirectUri: "http://app.example.com/callback" }],
    ["redirectUri", { redirectUri: "http://0.0.0.0:8125/callback" }],
    ["redirectUri", { redirectUri: "http://user@127.0.0.1/callback" }],
    ["redirectUri", { redirectUri: "callback" }],
    ["clientId", { clientId: " " }],
    ["clientSecret", { clientSecret: "" }],
    ["waitMs", { waitMs: 0 }],
    ["authUrl", { authUrl: "http://auth.example.com" }],
  ])("refuses a %s that cannot be used: %j", async (name, options) => {
    const { fake, login } = await browserLogin();
    expect(await failure(login(options))).toMatchObject({
      code: "AUTH_PROVIDER_INVALID",
      message: expect.stringContaining(name),
    });
    expect(fake.requests).toEqual([]);
  });

  it.each<[string, ScriptedAnswer, string]>([
    [
      "invalid_grant",
      { status: 400, body: { error: "invalid_grant", error_description: "used" } },
      "AUTH_LOGIN_FAILED",
    ],
    ["invalid_client", { status: 401, body: { error: "invalid_client" } }, "AUTH_PROVIDER_INVALID"],
    [
      "temporarily_unavailable",
      { status: 400, body: { error: "temporarily_unavailable" } },
      "AUTH_UNREACHABLE",
    ],
    ["InvalidInput", { type: "InvalidInput" }, "AUTH_LOGIN_FAILED"],
    ["ResourceNotFound", { type: "ResourceNotFound" }, "AUTH_RESPONSE_MALFORMED"],
    ["InvalidAuthentication", { type: "InvalidAuthentication" }, "AUTH_LOGIN_FAILED"],
    ["ServiceUnavailable", { type: "ServiceUnavailable", retryAfter: 0 }, "AUTH_UNREACHABLE"],
    [
      "",
      { status: 200, body: "<html>", headers: { "content-type": "text/html" } },
      "AUTH_RESPONSE_MALFORMED",
    ],
    [
      "",
      { status: 302, headers: { location: "https://evil.example/" }, body: "" },
      "AUTH_ORIGIN_NOT_ALLOWED",
    ],
    ["", { drop: true }, "AUTH_UNREACHABLE"],
  ])("sends the code once, whatever the service answers: %s", async (said, answer, code) => {
    const { fake, login, paths } = await browserLogin();
    fake.script("/oauth2/token", answer);
    const error = await failure(login());
    expect(error).toMatchObject({ code, message: expect.stringContaining(said) });
    const sent = fake.requests.filter(({ path }) => path === "/oauth2/token");
    expect(sent).toHaveLength(1);
    expect(error.message).not.toContain(new URLSearchParams(sent[0]?.body).get("code"));
    expect(existsSync(paths.user)).toBe(false);
  });

  it.each([[null], ["soon"], [-5], [1e300]])(
    "takes no expiry from an expires_in of %j",
    async (expiresIn) => {
      const { fake, login } = await browserLogin({ tokens: { [secret]: "alice" } });
      const body = {
        access_token: secret,
        token_type: "Bearer",
        expires_in: expiresIn,
        scope: { full: true },
      };
      fake.script("/oauth2/token", { status: 200, body });
      const { token } = await login();
      expect(Object.hasOwn(token, "expiresAt")).toBe(false);
    },
  );

  it("takes no token that is the code, nor one that the API does not know", async () => {
    const { fake, login, paths } = await browserLogin();
    fake.script("/oauth2/token", { status: 200, body: { access_token: secret, token_type: "bearer" } });
    expect(await failure(login())).toMatchObject({ code: "AUTH_TOKEN_REJECTED" });
    const echo = { status: 200, body: { access_token: secret, token_type: "bearer" } };
    fake.script("/oauth2/token", echo);
    const options = { clientId: "withSecret", clientSecret: secret };
    expect(await failure(login(options))).toMatchObject({ code: "AUTH_RESPONSE_MALFORMED" });
    expect(existsSync(paths.user)).toBe(false);
  });
});
