import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { apiCanary, canary, fakeZendesk, fetchFrom } from "./fixtures/zendesk-on-loopback.ts";
import { login, logout, savedLogin, zendesk } from "./index.ts";
import type { FakeZendesk } from "./testing/index.ts";

let folder: string;
let fake: FakeZendesk;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "zendesk-login-"));
  fake = await fakeZendesk();
});
afterEach(() => rm(folder, { recursive: true }));

const store = (): { file: string } => ({ file: path.join(folder, "logins.json") });
const here = (): { env: Record<string, string>; fetch: typeof fetch } => ({
  env: {},
  fetch: fetchFrom(fake),
});

it("a login is verified, kept, found for its own account after the variables, and deleted", async () => {
  const { identity } = await login({ subdomain: "Acme", token: canary, store: store(), ...here() });
  expect(identity.label).toBe("Ada Lovelace");
  expect(await savedLogin({ store: store() })).toEqual({
    name: "default",
    subdomain: "acme",
    account: { kind: "user", id: "35436", label: "Ada Lovelace" },
  });

  const options = { login: true, store: store(), subdomain: "acme", ...here() } as const;
  expect((await zendesk(options).verify()).token.source).toMatch(/^login default in /);
  // An option email is for an API token, and this is none.
  expect((await zendesk({ ...options, email: "ada@example.com" }).verify()).identity.id).toBe("35436");
  const env = { ZENDESK_OAUTH_TOKEN: "from-a-variable" };
  expect((await zendesk({ ...options, env }).token()).source).toBe("env ZENDESK_OAUTH_TOKEN");

  expect(await logout({ store: store() })).toBe(true);
  await expect(zendesk(options).token()).rejects.toMatchObject({ code: "AUTH_TOKEN_NOT_FOUND" });
});

it("a login goes to no other account", async () => {
  await login({ subdomain: "acme", token: canary, store: store(), ...here() });
  const sent = fake.requests.length;
  const auth = zendesk({ login: true, store: store(), subdomain: "umbra", ...here() });
  await expect(auth.token()).rejects.toMatchObject({
    code: "AUTH_TOKEN_SOURCE_FAILED",
    remedy: 'Pass subdomain: "acme" or set ZENDESK_SUBDOMAIN=acme.',
  });
  expect(fake.requests).toHaveLength(sent);
});

it("what Zendesk does not know, an API token and what is for no account are not kept", async () => {
  for (const [subdomain, token, code] of [
    ["acme", "no-longer-valid", "AUTH_TOKEN_REJECTED"],
    ["acme", apiCanary, "AUTH_TOKEN_REJECTED"],
    [" ", canary, "AUTH_PROVIDER_INVALID"],
  ] as const) {
    const email = "ada@example.com";
    const options = { subdomain, token, email, store: store(), ...here() };
    await expect(login(options)).rejects.toMatchObject({ code });
  }
  expect(await savedLogin({ store: store() })).toBeUndefined();
});
