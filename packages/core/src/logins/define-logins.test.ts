import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { canary, serve } from "../fixtures/acme.ts";
import { defineProvider, fromEnv, type Identity, type ProviderDefinition, ownText } from "../index.ts";
import {
  accountOf,
  defineLogins,
  type LoginStore,
  readAccount,
  type SavedAccount,
  savedLogins,
} from "../logins.ts";
import { openLogin } from "../node.ts";

const logins = savedLogins<{ readonly account: SavedAccount }>({
  provider: "acme",
  read(kept) {
    const account = readAccount(kept);
    return account && { account };
  },
  load: async () => ({ openLogin }),
});

interface AcmeOptions {
  readonly login?: string | true | undefined;
  readonly store?: LoginStore | undefined;
}

const definition: ProviderDefinition<AcmeOptions, Identity> = {
  specVersion: 1,
  id: "acme",
  name: "Acme",
  tokenUrl: "https://acme.example/tokens",
  setup: ({ login, store }) => ({
    baseUrl: "https://api.acme.example",
    sources: [fromEnv("ACME_TOKEN"), ...(login === undefined ? [] : [logins.source(login, store)])],
    verify: {
      path: "/me",
      identify(body) {
        const id = ownText(body, "id");
        return id === undefined ? undefined : { kind: "user", id, label: "Ada" };
      },
    },
  }),
};
const acme = defineProvider(definition);
const { login, logout, savedLogin } = defineLogins({
  definition,
  logins,
  factsOf: (identity) => ({ account: accountOf(identity) }),
});

let folder: string;
let store: { file: string };
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "logins-"));
  store = { file: path.join(folder, "logins.json") };
});
afterEach(() => rm(folder, { recursive: true }));

const account = { kind: "user", id: "u-1", label: "Ada" };

describe("a login", () => {
  it("is asked about, kept with what is known of it, used behind the variables, and deleted", async () => {
    const { url, requests } = await serve(() => ({ body: { id: "u-1" } }));
    const env = { ACME_TOKEN: "of-the-environment" };
    const { identity } = await login({ token: canary, name: "ada", store, baseUrl: url, env });
    expect(identity).toEqual(account);
    expect(requests[0]?.headers.authorization).toBe(`Bearer ${canary}`);
    expect(await savedLogin({ name: "ada", store })).toEqual({ name: "ada", account });
    const used = acme({ login: "ada", store, baseUrl: url, env: {} });
    expect((await used.token()).source).toBe(`login ada in ${store.file}`);
    expect((await used.token()).reveal() === canary).toBe(true);
    expect((await acme({ login: "ada", store, env }).token()).source).toBe("env ACME_TOKEN");
    expect(await logout({ name: "ada", store })).toBe(true);
    expect(await logout({ name: "ada", store })).toBe(false);
    expect(await savedLogin({ name: "ada", store })).toBeUndefined();
  });

  it("is not kept where the service does not accept the token, or nobody is told a token", async () => {
    const { url } = await serve(() => ({ status: 401, body: {} }));
    await expect(login({ token: canary, store, baseUrl: url, env: {} })).rejects.toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
    });
    await expect(login({ token: " ", store, baseUrl: url, env: {} })).rejects.toMatchObject({
      code: "AUTH_TOKEN_NOT_FOUND",
    });
    await expect(readFile(store.file)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("that is no login ends the search, and shows nothing of what is kept", async () => {
    await writeFile(store.file, JSON.stringify({ logins: { default: { token: canary } } }), { mode: 0o600 });
    const failure = await acme({ login: true, store, env: {} })
      .token()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "AUTH_TOKEN_SOURCE_FAILED",
      provider: "acme",
      remedy: "Log in again with login().",
    });
    expect(String(failure)).not.toContain(canary);
    await expect(savedLogin({ store })).rejects.toMatchObject({ code: "AUTH_LOGIN_FAILED" });
  });

  it("needs a runtime that has files", async () => {
    const none = savedLogins({
      provider: "acme",
      read: () => ({}),
      load: async () => ({ openLogin: undefined }),
    });
    await expect(none.open({})).rejects.toMatchObject({ remedy: "Pass the option token." });
  });
});

it.each([
  undefined,
  null,
  {},
  { account: {} },
  { account: { kind: "user" } },
  { account: { id: "u-1", kind: 7 } },
])("no account is read from %j", (kept) => {
  expect(readAccount(kept)).toBeUndefined();
});
