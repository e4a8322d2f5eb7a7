import { once } from "node:events";
import { connect } from "node:net";
import { inspect } from "node:util";

import { isAuthError } from "@auth/core";
import fc from "fast-check";
import { expect, it } from "vitest";

import { canary, createSandbox, fakeDNAnexus } from "../fixtures/sandbox.ts";
import { dnanexus, jobIdentityToken } from "../index.ts";
import { loginOn } from "./login.ts";
import { loginWithBrowserOn } from "./login-with-browser.ts";
import { listenForRedirect } from "./loopback-redirect.ts";
import { logoutOn } from "./logout.ts";

const password = "canary-dnanexus-4b3c2d1e0f9a8b7c";
const redirectUri = "http://127.0.0.1:0/callback";

const word = fc.constantFrom(
  "error",
  "type",
  "message",
  "access_token",
  "token_type",
  "bearer",
  "expires_in",
  "Token",
  "id",
  "user-alice",
  "OTPRequiredError",
  "invalid_grant",
  "InvalidAuthentication",
  "__proto__",
  "constructor",
  password,
  canary,
);
const answer = fc.record({
  // Not those that are tried again, which takes seconds.
  status: fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 404, 418, 422),
  body: fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      word,
      fc.constantFrom(null, true, -1, 1e308, "", "\u0000\u001B[2J"),
      fc.array(tie("value"), { maxLength: 2 }),
      fc.dictionary(word, tie("value"), { maxKeys: 3 }),
    ),
  })).value,
  headers: fc.constantFrom({}, { "content-type": "text/html" }, { location: "https://evil.example/" }),
});

it("answers whatever the service says with what was asked for or an AuthError, and shows no secret", async () => {
  const { machine, home } = createSandbox();
  const clients = { app: { redirectUris: [redirectUri] } };
  const users = { alice: { password, otp: "123456" } };
  const fake = await fakeDNAnexus({ users, clients });
  const env = { HOME: home, ...fake.environment() };
  const save = (): undefined => undefined;
  const open = (url: string): unknown => fetch(url);
  const job = fake.jobEnvironment({ user: "alice", token: canary });
  const inJob = dnanexus({ env: job });
  const headers = { "content-type": "application/json" };
  const init: RequestInit = { method: "POST", headers, body: "{}", redirect: "manual" };
  const uses: Readonly<Record<string, () => Promise<unknown>>> = {
    "/system/newAuthToken": () => loginOn(machine)({ username: "alice", password, otp: "123456", env, save }),
    "/oauth2/token": () => loginWithBrowserOn(machine)({ clientId: "app", redirectUri, open, env, save }),
    "/system/destroyAuthToken": () =>
      logoutOn(machine)({ env: { ...env, ...fake.environment(canary) }, authUrl: fake.url }),
    [`/${job["DX_JOB_ID"]}/getIdentityToken`]: () => jobIdentityToken(inJob, { audience: "a" }).token(),
    "/system/whoami": async () => inJob.errorOf(await inJob.fetch("/system/whoami", init)),
  };
  await fc.assert(
    fc.asyncProperty(answer, fc.constantFrom(...Object.keys(uses)), async (scripted, path) => {
      fake.addToken(canary, { user: "alice", job: { id: job["DX_JOB_ID"] ?? "" } });
      fake.script(path, scripted);
      const outcome: unknown = await uses[path]?.().catch((error: unknown) => error);
      expect(outcome instanceof Error && !isAuthError(outcome)).toBe(false);
      const shown = `${inspect(outcome, { depth: 20, showHidden: true })}${JSON.stringify(outcome)}`;
      // A path is told only what was sent to it; the other's secret is no echo there.
      expect(shown).not.toContain(path === "/system/newAuthToken" ? password : "\u001B[2J");
      expect(({} as { type?: unknown }).type).toBeUndefined();
    }),
    { numRuns: 120 },
  );
}, 30_000);

it("takes no code without the state, whatever is sent to the redirect's address", async () => {
  const redirect = await listenForRedirect(redirectUri, 20_000);
  const { port } = new URL(redirect.uri);
  let arrived = false;
  void redirect.code.then(
    () => (arrived = true),
    () => undefined,
  );
  const target = fc.oneof(
    fc.string(),
    fc.webPath().map((path) => `${path}?code=x&state=guessed`),
    fc.constantFrom("*", "//", "http://evil.example/callback?code=x", "/callback?code=x&state=", "/%"),
    fc.string().map((text) => `/callback?${text}`),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom("GET", "POST", "OPTIONS", "X"), target, async (method, text) => {
      const socket = connect(Number(port), "127.0.0.1");
      socket.on("error", () => undefined).resume();
      socket.end(`${method} ${text} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
      await once(socket, "close");
      expect(arrived).toBe(false);
    }),
    { numRuns: 150 },
  );
  redirect.close();
}, 20_000);
