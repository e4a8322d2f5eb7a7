import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import { failureWithout } from "../fixtures/failure-without.ts";
import { canary, context, createSandbox, fakeDNAnexus } from "../fixtures/sandbox.ts";
import type { Login, Token } from "../index.ts";
import { loginOn, type LoginOptions } from "./login.ts";
import { loginWithTokenOn } from "./login-with-token.ts";
import type { FakeDNAnexus, FakeUser } from "../testing/index.ts";

const password = "canary-dnanexus-0f1e2d3c4b5a6978";
const code = "canary-dnanexus-8879665544332211";

interface Set {
  readonly fake: FakeDNAnexus;
  readonly env: Record<string, string>;
  readonly paths: { readonly user: string; readonly session: string };
  readonly sandbox: ReturnType<typeof createSandbox>;
  readonly login: (options?: Partial<LoginOptions>) => Promise<Login>;
}

async function set(user: FakeUser = {}): Promise<Set> {
  const sandbox = createSandbox();
  const fake = await fakeDNAnexus({ users: { alice: { password, ...user } } });
  const env: Record<string, string> = { HOME: sandbox.home, ...fake.environment() };
  const session = join(dirname(sandbox.paths.user), "sessions", "7", "environment.json");
  return {
    fake,
    env,
    sandbox,
    paths: { user: sandbox.paths.user, session },
    login: (options = {}) => loginOn(sandbox.machine)({ username: "alice", password, env, ...options }),
  };
}

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const bodies = (fake: FakeDNAnexus): object[] =>
  fake.requests.filter(({ path }) => path === "/system/newAuthToken").map(({ body }) => JSON.parse(body));

function failure(promise: Promise<unknown>): Promise<Error> {
  return failureWithout([password, code, canary], promise);
}

describe("login", () => {
  it("gives what verify gives, and saves what the provider reads and the toolkit writes", async () => {
    const { fake, env, paths, login, sandbox } = await set();
    const now = Date.now();
    const { identity, token, saved, warnings } = await login({ now: () => now });
    expect(identity).toEqual({ kind: "user", id: "user-alice" });
    expect(token).toMatchObject({ source: "the new login", expiresAt: now + 30 * 86_400_000 });
    expect({ saved, warnings }).toEqual({ saved: [paths.user, paths.session], warnings: [] });

    const { DX_AUTHSERVER_HOST: _, DX_AUTHSERVER_PORT: __, HOME, ...server } = env;
    for (const path of saved) {
      const text = readFileSync(path, "utf8");
      const json = JSON.parse(text) as Record<string, string>;
      expect(text).toBe(`${JSON.stringify(json, undefined, 4)}\n`);
      expect(json).toEqual({ DX_USERNAME: "alice", DX_SECURITY_CONTEXT: expect.any(String), ...server });
      expect(json["DX_SECURITY_CONTEXT"]).toMatch(
        /^\{"auth_token": "[0-9a-f]{32}", "auth_token_type": "bearer"\}$/,
      );
      const directory = dirname(path);
      const alone = ["DX_CLI_WD", "DX_USERNAME", "DX_PROJECT_CONTEXT_NAME"].map((name) =>
        join(directory, name),
      );
      expect(alone.map((file) => readFileSync(file, "utf8"))).toEqual(["/", "alice", ""]);
      expect([path, ...alone].map(mode)).toEqual(["600", "600", "600", "600"]);
      expect(mode(directory)).toBe("700");
    }
    expect(readdirSync(dirname(paths.user)).toSorted()).toEqual(
      [
        "DX_CLI_WD",
        "DX_PROJECT_CONTEXT_NAME",
        "DX_USERNAME",
        "environment.json",
        "sessions",
        "unsetenv",
      ].toSorted(),
    );
    const found = await sandbox.provider({ env: { HOME: HOME ?? "" } }).verify();
    expect(found.token).toMatchObject({ source: `file ${paths.session}`, fingerprint: token.fingerprint });
    expect(fake.tokens()).toContainEqual(expect.objectContaining({ kind: "login", userId: "user-alice" }));
  });

  it("sends the password once, without a token, to the auth server alone, with expiry and scope", async () => {
    const { fake, login, env } = await set();
    const scope = { projects: { "*": "VIEW" } } as const;
    const auth = await fakeDNAnexus({ users: { alice: { password } } });
    env["DX_SECURITY_CONTEXT"] = context(canary);
    const expiresAt = Date.now() + 60_000;
    const given = await failure(login({ expiresAt, scope, authUrl: auth.url }));
    // The other service's token is none of this one's: refused by whoami, and so not saved.
    expect(given).toMatchObject({ code: "AUTH_TOKEN_REJECTED" });
    expect(
      auth.requests.map(({ path, headers, body }) => [path, headers.authorization, JSON.parse(body)]),
    ).toEqual([
      [
        "/system/newAuthToken",
        undefined,
        { expires: expiresAt, username: "alice", password, otp: null, scope },
      ],
    ]);
    expect(fake.requests.map(({ path, body }) => [path, body])).toEqual([["/system/whoami", "{}"]]);
    expect(existsSync(join(env["HOME"] ?? "", ".dnanexus_config"))).toBe(false);
  });

  it("says that a login in the environment comes before the saved one", async () => {
    const { login, env } = await set();
    env["DX_SECURITY_CONTEXT"] = context(canary);
    expect((await login()).warnings).toEqual([
      expect.stringContaining("env DX_SECURITY_CONTEXT comes before"),
    ]);
  });

  it("says that the token went to a server that a file names, unless it was told to", async () => {
    const { env, sandbox, paths } = await set();
    const { DX_APISERVER_HOST, HOME = "", ...rest } = env;
    sandbox.write(paths.user, { DX_APISERVER_HOST });
    const given = { env: { HOME, ...rest }, authUrl: `http://127.0.0.1:${rest["DX_AUTHSERVER_PORT"]}` };
    const login = loginOn(sandbox.machine);
    const { warnings } = await login({ username: "alice", password, ...given });
    expect(warnings).toEqual([
      `The token from the new login goes to http://127.0.0.1:${rest["DX_APISERVER_PORT"]}, a server that another place names (DX_APISERVER_HOST in file ${paths.user}): make sure that it is meant for it.`,
    ]);
    const baseUrl = `http://127.0.0.1:${rest["DX_APISERVER_PORT"]}`;
    expect((await login({ username: "alice", password, ...given, baseUrl })).warnings).toEqual([]);
    expect((await loginWithTokenOn(sandbox.machine)(canary, given)).warnings).toHaveLength(1);
  });

  it("sends the code only when the service asks for it", async () => {
    const { fake, login } = await set({ otp: code });
    await login({ otp: code });
    expect(bodies(fake)).toMatchObject([{ otp: null }, { otp: code }]);
    const plain = await set();
    await plain.login({ otp: code });
    expect(bodies(plain.fake)).toMatchObject([{ otp: null }]);
  });

  it("fails where the account has a code and none is given, or a wrong one, without another try", async () => {
    const { fake, login, paths } = await set({ otp: code });
    expect(await failure(login())).toMatchObject({
      code: "AUTH_OTP_REQUIRED",
      remedy: expect.stringContaining("otp"),
    });
    expect(bodies(fake)).toHaveLength(1);
    expect(await failure(login({ otp: "000000" }))).toMatchObject({ code: "AUTH_LOGIN_FAILED" });
    expect(bodies(fake)).toHaveLength(3);
    expect(existsSync(paths.user)).toBe(false);
  });

  it("asks for the code up to three times, and ends when it gets none", async () => {
    const { fake, login } = await set({ otp: code });
    const asked: object[] = [];
    const answers = ["000001", "000002", code];
    const askForOtp: LoginOptions["askForOtp"] = (request) => {
      asked.push(request);
      return Promise.resolve(answers.shift());
    };
    await login({ askForOtp });
    expect(asked).toEqual([1, 2, 3].map((attempt) => ({ attempt, maxAttempts: 3 })));

    answers.push("000001", "000002", "000003", code);
    expect(await failure(login({ askForOtp }))).toMatchObject({ code: "AUTH_LOGIN_FAILED" });
    expect(asked).toHaveLength(6);
    const before = bodies(fake).length;
    expect(await failure(login({ askForOtp: () => undefined }))).toMatchObject({ code: "AUTH_OTP_REQUIRED" });
    expect(bodies(fake)).toHaveLength(before + 1);
  });

  it("goes by what the service answers, whatever words the password is made of", async () => {
    for (const word of ["error", "bearer", "access_token", "OTPRequiredError", "user-alice"]) {
      const { login, fake } = await set({ password: word, otp: code });
      const { identity, token } = await login({ password: word, otp: code });
      expect(identity.id).toBe("user-alice");
      expect(fake.tokens().some(({ signature }) => signature.startsWith(token.fingerprint))).toBe(true);
    }
    const { login, fake } = await set();
    const body = { access_token: `${password}.${canary}`, token_type: "bearer" };
    fake.addToken(body.access_token, "alice");
    fake.script("/system/newAuthToken", { status: 200, body });
    expect((await login()).identity.id).toBe("user-alice");
  });

  it("says what was judged, where it was no token", async () => {
    const { login, fake } = await set({ otp: code });
    fake.script("/system/newAuthToken", { drop: true });
    expect(await failure(login())).toMatchObject({
      message: expect.stringContaining("says nothing about the user name and password."),
      remedy: "Check the network, the proxy and authUrl, then try again.",
    });
    fake.script("/system/newAuthToken", { type: "OTPRequiredError" }, { status: 502, body: "" });
    expect(await failure(login({ otp: code }))).toMatchObject({
      message: expect.stringContaining("did not check the user name and password and the one-time code"),
      remedy: "Try again later.",
    });
  });

  it("does not accept another password", async () => {
    const { fake, login } = await set();
    const error = await failure(login({ password: code }));
    expect(error).toMatchObject({
      code: "AUTH_LOGIN_FAILED",
      message: expect.stringContaining("UsernameOrPasswordError"),
      status: 400,
    });
    expect(fake.requests).toHaveLength(1);
  });

  it.each([
    [{ type: "ServiceUnavailable", retryAfter: 0 }, "AUTH_UNREACHABLE"],
    [{ type: "RateLimitConditional", retryAfter: 0 }, "AUTH_RATE_LIMITED"],
    [{ status: 502, body: `<html>${password}</html>` }, "AUTH_UNREACHABLE"],
    [{ drop: true }, "AUTH_UNREACHABLE"],
    [{ type: "AccountLockedError", message: `Locked: ${password}`, status: 403 }, "AUTH_LOGIN_FAILED"],
    [{ status: 401, body: "no" }, "AUTH_LOGIN_FAILED"],
    [{ type: "ResourceNotFound" }, "AUTH_RESPONSE_MALFORMED"],
    [{ status: 200, body: {} }, "AUTH_RESPONSE_MALFORMED"],
    [{ status: 200, body: { access_token: password, token_type: "bearer" } }, "AUTH_RESPONSE_MALFORMED"],
    [{ status: 200, body: { access_token: "t", token_type: "mac" } }, "AUTH_RESPONSE_MALFORMED"],
    [{ status: 200, body: { access_token: "t t", token_type: "bearer" } }, "AUTH_RESPONSE_MALFORMED"],
    [{ status: 302, headers: { location: "https://evil.example/" }, body: "" }, "AUTH_ORIGIN_NOT_ALLOWED"],
  ])("sends the password once, whatever the service answers (case %#)", async (answer, expected) => {
    const { fake, login, paths } = await set();
    fake.script("/system/newAuthToken", answer);
    expect(await failure(login())).toMatchObject({ code: expected });
    expect(fake.requests).toHaveLength(1);
    expect(existsSync(paths.user)).toBe(false);
  });

  it.each<[string, Partial<LoginOptions>]>([
    ["username", { username: " " }],
    ["password", { password: "" }],
    ["durationMs", { durationMs: -1 }],
    ["durationMs", { durationMs: Number.NaN }],
    ["expiresAt", { expiresAt: 5 }],
    ["both", { expiresAt: 5e12, durationMs: 5 }],
    ["maxAttempts", { maxAttempts: 0 }],
    ["path", { baseUrl: "https://proxy.example/dx", authUrl: "https://proxy.example" }],
    ["authUrl", { baseUrl: "https://proxy.example" }],
  ])("refuses a %s that cannot be used before anything is sent", async (name, options) => {
    const { fake, login } = await set();
    expect(await failure(login(options))).toMatchObject({
      code: "AUTH_PROVIDER_INVALID",
      message: expect.stringContaining(name),
    });
    expect(fake.requests).toEqual([]);
  });

  it("leaves a broken file alone, and says so before the password is sent", async () => {
    const { fake, login, sandbox, paths } = await set();
    sandbox.write(paths.user, `{"DX_SECURITY_CONTEXT": "${canary}`);
    expect(await failure(login())).toMatchObject({
      code: "AUTH_TOKEN_SOURCE_FAILED",
      message: expect.stringContaining(`${paths.user} is not JSON, and is not written over`),
      remedy: `Repair ${paths.user}, or remove it.`,
    });
    expect(fake.requests).toEqual([]);
  });

  it("gives the token to the program and writes nothing where the program keeps it", async () => {
    const { login, paths } = await set();
    const kept: Token[] = [];
    const { token, saved } = await login({ save: (given) => void kept.push(given) });
    expect(saved).toEqual([]);
    expect(kept.map((one) => one.fingerprint())).toEqual([token.fingerprint]);
    expect(String(kept[0])).toBe("[token from the new login]");
    expect(existsSync(dirname(paths.user))).toBe(false);
  });

  it("ends with the signal's reason, and saves nothing", async () => {
    const { login, paths } = await set({ otp: code });
    const controller = new AbortController();
    const askForOtp = (): string => (controller.abort(new Error("enough")), code);
    await expect(login({ askForOtp, signal: controller.signal })).rejects.toThrow("enough");
    expect(existsSync(paths.user)).toBe(false);
  });
});
