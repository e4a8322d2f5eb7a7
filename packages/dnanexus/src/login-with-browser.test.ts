import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { request } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { createSandbox, fakeDNAnexus } from "./fixtures/sandbox.ts";
import type { Login } from "./keep-login.ts";
import { type BrowserLoginOptions, loginWithBrowserOn } from "./login-with-browser.ts";
import type { Token } from "./oauth.ts";
import type { FakeDNAnexus, FakeDNAnexusOptions, ScriptedAnswer } from "./testing/index.ts";

const secret = "canary-dnanexus-3a5c7e9f1b2d4f60";
const clients = {
  partner: { redirectUris: ["http://127.0.0.1:0/callback"] },
  withSecret: { redirectUris: ["http://127.0.0.1:0/callback"], secret },
};

interface Set {
  readonly fake: FakeDNAnexus;
  readonly paths: { readonly user: string };
  readonly login: (options?: Partial<BrowserLoginOptions>) => Promise<Login>;
}

async function set(options: FakeDNAnexusOptions = {}): Promise<Set> {
  const { machine, home, paths } = createSandbox();
  const fake = await fakeDNAnexus({ clients, tokens: {}, ...options });
  const env = { HOME: home, ...fake.environment() };
  return {
    fake,
    paths,
    login: (more = {}) =>
      loginWithBrowserOn(machine)({
        env,
        clientId: "partner",
        redirectUri: "http://127.0.0.1:0/callback",
        open: browse,
        ...more,
      }),
  };
}

/** What a browser does whose user is signed in: it follows the redirect, and gets a page. */
async function browse(page: string): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(page);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** A browser that is sent back by something else than the service. */
function comingBack(
  change: (address: URL, state: string) => void,
): (page: string) => Promise<{ status: number; headers: Headers; text: string }> {
  return (page) => {
    const { searchParams } = new URL(page);
    const address = new URL(searchParams.get("redirect_uri") ?? "");
    change(address, searchParams.get("state") ?? "");
    return browse(address.href);
  };
}

async function failure(promise: Promise<unknown>, ...secrets: string[]): Promise<Error> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error("It did not fail.");
  const shown = `${inspect(error, { depth: 20, showHidden: true })}${JSON.stringify(error)}${error.stack}`;
  for (const one of [secret, ...secrets]) expect(shown).not.toContain(one);
  return error;
}

describe("loginWithBrowser", () => {
  it("gives what verify gives, and saves it as any login", async () => {
    const now = Date.now();
    const { fake, paths, login } = await set({ now: () => now });
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
    const { fake, login } = await set();
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
    const { fake, login } = await set();
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
    const { paths, login } = await set();
    const kept: Token[] = [];
    expect((await login({ save: (token) => void kept.push(token) })).saved).toEqual([]);
    expect(String(kept[0])).toBe("[token from the browser login]");
    expect(existsSync(paths.user)).toBe(false);
  });

  it("says so when the user refuses", async () => {
    const { fake, paths, login } = await set({ consent: () => undefined });
    expect(await failure(login())).toMatchObject({
      code: "AUTH_LOGIN_FAILED",
      message: expect.stringContaining("did not allow the login (access_denied)"),
      remedy: "Start the login again, and allow it on the page.",
    });
    expect(fake.requests).toHaveLength(1);
    expect(existsSync(paths.user)).toBe(false);
  });

  it.each<[string, string, (address: URL, state: string) => void]>([
    ["another state", "another state", ({ searchParams }) => searchParams.set("state", "guessed")],
    ["no state", "without the state", ({ searchParams }) => searchParams.delete("state")],
    ["two states", "another state", ({ searchParams }, state) => searchParams.append("state", state)],
    ["another path", "another path", (address) => (address.pathname = "/elsewhere")],
    ["no code", "a code that is none", ({ searchParams }) => searchParams.set("code", "")],
    ["two codes", "a code that is none", ({ searchParams }) => searchParams.append("code", "x")],
    [
      "an error of its own",
      "refused the login.",
      ({ searchParams }) => searchParams.set("error", `<${secret}>`),
    ],
    [
      "an unknown client",
      "(unauthorized_client)",
      ({ searchParams }) => searchParams.set("error", "unauthorized_client"),
    ],
  ])("exchanges no code when the browser comes back with %s", async (_, problem, change) => {
    const { fake, login, paths } = await set();
    const code = "canary-dnanexus-aa11bb22cc33dd44";
    const open = comingBack((address, state) => {
      address.searchParams.set("code", code);
      address.searchParams.set("state", state);
      change(address, state);
    });
    const pages: string[] = [];
    const error = await failure(login({ open: async (page) => pages.push((await open(page)).text) }), code);
    expect(error).toMatchObject({
      code: "AUTH_LOGIN_FAILED",
      message: expect.stringContaining(problem),
      remedy: expect.stringMatching(/^(?:Start|Give|Check) .+\.$/),
    });
    expect(fake.requests).toEqual([]);
    expect(existsSync(paths.user)).toBe(false);
    await expect.poll(() => pages).toEqual([expect.stringContaining("did not succeed")]);
    expect(pages.join()).not.toMatch(/canary|unauthorized/);
  });

  it("takes a code without state where the program allows it, and never one with another", async () => {
    const { fake, login } = await set();
    const signingIn =
      (change: (address: URL) => void) =>
      async (page: string): Promise<void> => {
        const { headers } = await fetch(page, { redirect: "manual" });
        const address = new URL(headers.get("location") ?? "");
        change(address);
        await browse(address.href);
      };
    const without = signingIn(({ searchParams }) => searchParams.delete("state"));
    expect(await failure(login({ open: without }))).toMatchObject({
      code: "AUTH_LOGIN_FAILED",
      remedy: expect.stringContaining("allowMissingState: true"),
    });
    const { identity } = await login({ open: without, allowMissingState: true });
    expect(identity.id).toBe("user-alice");
    const open = signingIn(({ searchParams }) => searchParams.set("state", "guessed"));
    expect(await failure(login({ open, allowMissingState: true }))).toMatchObject({
      code: "AUTH_LOGIN_FAILED",
      message: expect.stringContaining("another state"),
    });
    expect(fake.requests.filter(({ path }) => path === "/oauth2/token")).toHaveLength(1);
  });

  it("goes on waiting where something asks for something else", async () => {
    const { login } = await set();
    const statuses: number[] = [];
    const open = async (page: string): Promise<void> => {
      const address = new URL(new URL(page).searchParams.get("redirect_uri") ?? "");
      const ask = async (path: string, init?: RequestInit): Promise<void> => {
        statuses.push((await fetch(new URL(path, address), init)).status);
      };
      await ask("/favicon.ico");
      await ask("/callback");
      await ask("/callback?code=x", { method: "POST" });
      // A name of somebody else's that leads to this machine.
      const foreign = request(`${address.href}?code=x&state=x`, { headers: { host: "evil.example" } }).end();
      const [response] = (await once(foreign, "response")) as [{ statusCode: number; resume: () => void }];
      response.resume();
      statuses.push(response.statusCode);
      await browse(page);
    };
    expect((await login({ open })).identity.id).toBe("user-alice");
    expect(statuses).toEqual([404, 404, 405, 421]);
  });

  it("ends when a browser comes back twice, before anything is saved", async () => {
    const { login, paths, fake } = await set();
    let address = "";
    const sending: typeof fetch = async (input, init) => {
      // The code is on its way to be exchanged, and its address is opened again.
      if (address !== "") await fetch(address);
      return fetch(input, init);
    };
    const open = async (page: string): Promise<void> => {
      const response = await fetch(page, { redirect: "manual" });
      address = response.headers.get("location") ?? "";
      await fetch(address);
    };
    expect(await failure(login({ open, fetch: sending }))).toMatchObject({
      code: "AUTH_LOGIN_FAILED",
      message: expect.stringContaining("came back twice"),
      remedy: "Start the login again, and open its page once.",
    });
    expect(existsSync(paths.user)).toBe(false);
    expect(fake.requests.some(({ path }) => path === "/system/whoami")).toBe(false);
  });

  it("ends when nobody comes back in time", async () => {
    const { login } = await set();
    expect(await failure(login({ open: () => undefined, waitMs: 20 }))).toMatchObject({
      code: "AUTH_LOGIN_FAILED",
      message: expect.stringContaining("Nobody came back from the login page within 20 ms"),
      remedy: expect.stringContaining("waitMs"),
    });
  });

  it("ends with the signal's reason, and frees the port", async () => {
    const { login } = await set();
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
    const { login } = await set();
    let address = "";
    const open = (page: string): void => {
      address = new URL(page).searchParams.get("redirect_uri") ?? "";
      throw new Error("no browser");
    };
    await expect(login({ open })).rejects.toThrow("no browser");
    await expect(fetch(address)).rejects.toThrow("fetch failed");
  });

  it.each(["localhost", "[::1]"])("listens for a browser that comes back to %s", async (host) => {
    const redirectUri = `http://${host}:0/callback`;
    const { login, fake } = await set({ clients: { partner: { redirectUris: [redirectUri] } } });
    expect((await login({ redirectUri })).identity.id).toBe("user-alice");
    const { searchParams } = new URL(fake.requests[0]?.url ?? "", fake.url);
    expect(new URL(searchParams.get("redirect_uri") ?? "").hostname).toBe(host);
  });

  it("says so when the port is taken, before anything is opened", async () => {
    const { login } = await set();
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const opened: string[] = [];
    const open = (page: string): void => void opened.push(page);
    const error = await failure(login({ redirectUri: `http://127.0.0.1:${port}/callback`, open }));
    taken.close();
    expect(error).toMatchObject({
      code: "AUTH_PROVIDER_INVALID",
      message: expect.stringContaining("the port of redirectUri is taken"),
      remedy: "End that program, or register an address with another port.",
    });
    expect(opened).toEqual([]);
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
    const { fake, login } = await set();
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
    const { fake, login, paths } = await set();
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
      const { fake, login } = await set({ tokens: { [secret]: "alice" } });
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
    const { fake, login, paths } = await set();
    fake.script("/oauth2/token", { status: 200, body: { access_token: secret, token_type: "bearer" } });
    expect(await failure(login())).toMatchObject({ code: "AUTH_TOKEN_REJECTED" });
    const echo = { status: 200, body: { access_token: secret, token_type: "bearer" } };
    fake.script("/oauth2/token", echo);
    const options = { clientId: "withSecret", clientSecret: secret };
    expect(await failure(login(options))).toMatchObject({ code: "AUTH_RESPONSE_MALFORMED" });
    expect(existsSync(paths.user)).toBe(false);
  });
});
