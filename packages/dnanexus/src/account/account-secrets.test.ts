import { channel } from "node:diagnostics_channel";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { canary, createSandbox, fakeDNAnexus } from "../fixtures/sandbox.ts";
import { loginOn, type LoginOptions } from "./login.ts";
import { loginWithBrowserOn } from "./login-with-browser.ts";
import { loginWithTokenOn } from "./login-with-token.ts";
import { logoutOn } from "./logout.ts";
import type { FakeDNAnexus, FakeDNAnexusOptions, ScriptedAnswer } from "../testing/index.ts";

const password = "canary-dnanexus-1f2e3d4c5b6a7988";
const otp = "canary-dnanexus-99aa88bb77cc66dd";
const clientSecret = "canary-dnanexus-5566778899aabbcc";
const redirectUri = "http://127.0.0.1:0/callback";
const events = ["source.tried", "token.loaded", "token.rejected", "header.attached", "verify.done"];

interface Account {
  readonly fake: FakeDNAnexus;
  readonly home: string;
  readonly env: Record<string, string>;
  readonly login: (options?: Partial<LoginOptions>) => Promise<unknown>;
  readonly browser: () => Promise<unknown>;
  readonly withToken: () => Promise<unknown>;
  readonly logout: () => Promise<unknown>;
}

async function account(options: FakeDNAnexusOptions = {}): Promise<Account> {
  const { home, machine } = createSandbox();
  const fake = await fakeDNAnexus({
    users: { alice: { password, otp } },
    clients: { app: { redirectUris: [redirectUri], secret: clientSecret } },
    ...options,
  });
  const env = { HOME: home, ...fake.environment() };
  const open = (url: string): unknown => fetch(url);
  return {
    fake,
    home,
    env,
    login: (more) => loginOn(machine)({ username: "alice", password, otp, env, ...more }),
    browser: () => loginWithBrowserOn(machine)({ clientId: "app", clientSecret, redirectUri, open, env }),
    withToken: () => loginWithTokenOn(machine)(canary, { env }),
    logout: () => logoutOn(machine)({ env }),
  };
}

/** Everything that a program could print of what it awaits, and everything that is published meanwhile. */
async function printed(uses: readonly (() => Promise<unknown>)[]): Promise<string> {
  const seen: unknown[] = [];
  const listen = (message: unknown): void => void seen.push(message);
  for (const type of events) channel(`auth-providers:${type}`).subscribe(listen);
  try {
    for (const use of uses) {
      seen.push(await use().catch((error: unknown) => [error, String(error), (error as Error).stack]));
    }
  } finally {
    for (const type of events) channel(`auth-providers:${type}`).unsubscribe(listen);
  }
  return seen
    .map((value) => `${inspect(value, { depth: 20, showHidden: true })}\n${JSON.stringify(value)}`)
    .join("\n");
}

function filesOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The tokens that the service gave out, as they went over the wire. */
function granted(fake: FakeDNAnexus): string[] {
  return fake.requests.flatMap(({ headers }) => headers.authorization?.split(" ")[1] ?? []);
}

describe("what logins and logouts show", () => {
  it("holds no secret where all is well, and one file for each place holds the token", async () => {
    const { fake, home, login, browser, withToken, logout } = await account();
    for (const use of [login, browser, withToken]) {
      const text = await printed([use]);
      expect(text).toContain("verify.done");
      const secrets = [password, otp, clientSecret, ...granted(fake)];
      for (const secret of secrets) expect(text).not.toContain(secret);

      const [token = ""] = granted(fake).slice(-1);
      const holding = filesOf(home).filter((file) => readFileSync(file, "utf8").includes(token));
      expect(holding).toHaveLength(2);
      expect(holding.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
      const all = filesOf(home).map((file) => readFileSync(file, "utf8"));
      for (const secret of [password, otp, clientSecret]) expect(all.join("\n")).not.toContain(secret);
    }
    const text = await printed([logout]);
    for (const secret of granted(fake)) {
      expect(text).not.toContain(secret);
      expect(filesOf(home).some((file) => readFileSync(file, "utf8").includes(secret))).toBe(false);
    }
  });

  it.each<[string, ScriptedAnswer]>([
    ["an error that echoes the request", { type: "InvalidInput", message: "{request}" }],
    ["an unknown error that does", { type: "SomeError", message: "{request}" }],
    ["a type that does", { type: "{request}", status: 400 }],
    ["a page that does", { status: 400, body: "<html>{request}</html>" }],
    [
      "an OAuth error that does",
      { status: 400, body: { error: "{request}", error_description: "{request}" } },
    ],
    ["an id of the answer that does", { status: 403, headers: { "x-request-id": "{request}" } }],
    ["an answer that is no login", { status: 200, body: { access_token: { deep: "{request}" } } }],
    ["an identity that does", { status: 200, body: { id: "user-{request}" } }],
  ])("holds no secret where the service answers with %s", async (_, scripted) => {
    const routes = [
      ["/system/newAuthToken", password, ["login"]],
      ["/oauth2/token", clientSecret, ["browser"]],
      ["/system/whoami", canary, ["withToken"]],
      ["/system/destroyAuthToken", canary, ["withToken", "logout"]],
    ] as const;
    for (const [path, secret, uses] of routes) {
      const subject = await account();
      const { fake } = subject;
      const answer = JSON.stringify(scripted).replaceAll("{request}", `sent ${secret}.`);
      fake.script(path, { ...(JSON.parse(answer) as ScriptedAnswer), times: 50 });
      const text = await printed(uses.map((use) => () => subject[use]()));
      expect(fake.requests.some((request) => request.path === path)).toBe(true);
      for (const one of [secret, ...granted(fake)]) expect(text).not.toContain(one);
    }
  });

  it("is the program's own, whatever somebody put on Object.prototype", async () => {
    const evil = await fakeDNAnexus({ tokens: {} });
    const { fake, home, login, withToken } = await account();
    const polluted = {
      baseUrl: evil.url,
      authUrl: evil.url,
      allowInsecureHttp: true,
      save: () => undefined,
      sessions: false,
      subject: "evil",
      source: "evil",
      DX_APISERVER_HOST: "evil.example",
    };
    Object.assign(Object.prototype, polluted);
    try {
      await login();
      await withToken();
    } finally {
      for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name);
    }
    expect(evil.requests).toEqual([]);
    expect(fake.requests.length).toBeGreaterThan(2);
    expect(filesOf(home).filter((file) => file.endsWith("environment.json"))).toHaveLength(2);
  });
});
