import { inspect } from "node:util";

import { describe, expect, it, vi } from "vitest";

import { acmeAt, canary } from "./fixtures/acme.ts";
import {
  type Auth,
  type AuthOptions,
  failed,
  defineProvider,
  fromEnv,
  header,
  type ProviderDefinition,
} from "./index.ts";

const definition: ProviderDefinition<object, { kind: string; id: string }> = {
  specVersion: 1,
  id: "acme",
  name: "Acme",
  tokenUrl: "https://acme.example/tokens",
  setup: () => ({
    baseUrl: "https://api.acme.example",
    sources: [fromEnv("ACME_TOKEN")],
    verify: { path: "/me", identify: () => undefined },
  }),
};

it("gives a factory that carries the provider's facts", () => {
  const acme = defineProvider(definition);
  expect([acme.id, acme.name, acme.tokenUrl]).toEqual(["acme", "Acme", "https://acme.example/tokens"]);
});

it("gives a factory that says what a token looks like, where the provider does", () => {
  const tokenPattern = /^acme_[0-9a-f]{16}$/;
  expect(defineProvider({ ...definition, tokenPattern }).tokenPattern).toBe(tokenPattern);
  expect(defineProvider(definition)).not.toHaveProperty("tokenPattern");
});

it.each([
  ["specVersion", 2],
  ["id", "Acme"],
  ["id", ""],
  ["id", "../acme"],
  ["id", undefined],
  ["name", " "],
  ["tokenUrl", "http://acme.example"],
  ["tokenUrl", "nowhere"],
  ["tokenPattern", "acme_"],
  ["tokenPattern", /acme_\w+/],
  ["tokenPattern", /^acme_\w+$/g],
  ["setup", undefined],
])("refuses a definition at once whose %s is %j", (field, value) => {
  expect(() => defineProvider({ ...definition, [field]: value })).toThrow(
    expect.objectContaining({ code: "AUTH_PROVIDER_INVALID" }),
  );
});

it("reads nothing before an auth is used, and runs the setup once", async () => {
  const setup = vi.fn(definition.setup);
  const env = new Proxy<Record<string, string>>(
    {},
    {
      get: () => expect.unreachable("the environment was read"),
      has: () => expect.unreachable("the environment was read"),
    },
  );
  const auth = defineProvider({ ...definition, setup })({
    env,
    fetch: () => expect.unreachable("a request was sent"),
  });
  expect(auth.provider.id).toBe("acme");
  expect(setup).not.toHaveBeenCalled();
  expect([auth.baseUrl, auth.origins]).toEqual(["https://api.acme.example", ["https://api.acme.example"]]);
  expect(auth.provider.tokenUrl).toBe("https://acme.example/tokens");
  await auth.fetch("https://other.example").catch(() => undefined);
  expect(setup).toHaveBeenCalledOnce();
});

it("hands the setup the options as own properties, and the environment and clock of the auth", () => {
  const setup = vi.fn(definition.setup);
  const env = { A: "1" };
  const now = (): number => 5;
  const acme = defineProvider<{ region?: string }, { kind: string; id: string }>({ ...definition, setup });
  void acme({ region: "eu", env, now }).baseUrl;
  expect(setup).toHaveBeenCalledWith(
    expect.objectContaining({ region: "eu" }),
    expect.objectContaining({ env, now }),
  );
});

it("does not take what somebody put on Object.prototype for an option", async () => {
  for (const [name, value] of Object.entries({
    origins: ["https://api.acme.example", "https://evil.example"],
    inject: header("x-evil"),
    token: "polluted",
    baseUrl: "https://evil.example",
    allowInsecureHttp: true,
  })) {
    Object.defineProperty(Object.prototype, name, { value, configurable: true });
  }
  try {
    const auth = acmeAt("https://api.acme.example")({ env: {} });
    expect([auth.baseUrl, auth.origins]).toEqual(["https://api.acme.example", ["https://api.acme.example"]]);
    expect(await acmeAt("https://api.acme.example")({ token: "mine" }).headers("/x")).toEqual({
      authorization: "Bearer mine",
    });
    await expect(auth.token()).rejects.toMatchObject({ code: "AUTH_TOKEN_NOT_FOUND" });
    expect(() => acmeAt("http://acme.example")().baseUrl).toThrow("plain http");
  } finally {
    for (const name of ["origins", "inject", "token", "baseUrl", "allowInsecureHttp"])
      Reflect.deleteProperty(Object.prototype, name);
  }
});

describe("what only the options can show is told at the first use", () => {
  const odd = (baseUrl: string, setup = {}, options: AuthOptions = {}): Auth =>
    acmeAt(baseUrl, setup)({ token: canary, ...options });
  const base = "https://api.acme.example";
  it.each<[string, Auth]>([
    ["no URL", odd("api.acme.example")],
    ["plain http", odd("http://api.acme.example")],
    ["a user name", odd("https://user@api.acme.example")],
    ["a query", odd(`${base}/?x=1`)],
    ["an empty fragment", odd(`${base}/#`)],
    ["no origins", odd(base, { origins: [] })],
    ["a wildcard", odd(base, { origins: [base, "*"] })],
    ["a wildcard within", odd(base, { origins: [base, "https://*.acme.example"] })],
    ["an empty origin", odd(base, { origins: [base, ""] })],
    ["an origin with a path", odd(base, { origins: [base, "https://files.acme.example/v1"] })],
    ["an origin with a user name", odd(base, { origins: [base, "https://u@files.acme.example"] })],
    ["origins without the base's own", odd(base, { origins: ["https://files.acme.example"] })],
    ["a header name that is none", odd(base, { inject: header("x key") })],
    ["no verify", odd(base, { verify: undefined })],
    ["no sources", odd(base, { sources: undefined })],
    ["a token that is none", odd(base, {}, { token: 5 as never })],
    ["origins that are no list", odd(base, { origins: base as never })],
    ["an origin that is no text", odd(base, { origins: [new URL(base)] as never })],
    ["a source that is none", odd(base, { sources: [{ name: "x" } as never] })],
    ["an injection that is none", odd(base, { inject: null as never })],
    ["a fetch that is none", odd(base, {}, { fetch: 5 as never })],
    ["a clock that is none", odd(base, {}, { now: 5 as never })],
    ["a listener that is none", odd(base, {}, { onEvent: {} as never })],
    ["an environment that is none", odd(base, {}, { env: null as never })],
    ["no time", odd(base, {}, { timeoutMs: 0 })],
    ["a baseUrl option that is plain http", odd(base, {}, { baseUrl: "http://acme.example" })],
  ])("%s", async (_, auth) => {
    const invalid = expect.objectContaining({ code: "AUTH_PROVIDER_INVALID", provider: "acme" });
    expect(() => auth.baseUrl).toThrow(invalid);
    for (const use of [auth.fetch("/x"), auth.headers("/x"), auth.token(), auth.verify()]) {
      await expect(use).rejects.toEqual(invalid);
    }
    expect(await auth.explain()).toMatchObject({
      outcome: "failed",
      error: { code: "AUTH_PROVIDER_INVALID" },
    });
  });

  it("also of a source that stands for something else than sources", async () => {
    for (const sources of [[{ name: "x" }], [null], "abc"]) {
      const source = { name: "shelf", sources: sources as never, resolve: () => expect.unreachable() };
      await expect(odd(base, { sources: [source] }, { token: undefined }).token()).rejects.toMatchObject({
        code: "AUTH_PROVIDER_INVALID",
      });
    }
  });

  it("in the setup's own words, where it throws", () => {
    const auth = defineProvider({
      ...definition,
      setup: () => {
        throw failed("ACME_REGION_OF_2026 is neither us nor eu", "Set ACME_REGION_OF_2026 to us or eu.");
      },
    })();
    expect(() => auth.baseUrl).toThrow(
      "acme: This cannot be used: ACME_REGION_OF_2026 is neither us nor eu. Set ACME_REGION_OF_2026 to us or eu.",
    );
  });

  it("where the header cannot carry what the format makes of the token, without showing it", async () => {
    for (const format of [
      (value: string) => `${value}\n`,
      () => 5 as never,
      (value: string) => {
        throw new Error(value);
      },
    ]) {
      const error: unknown = await odd(base, { inject: header("x-key", format) })
        .token()
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "AUTH_PROVIDER_INVALID" });
      expect(inspect(error, { depth: 9 })).not.toContain(canary);
    }
  });
});

it("lets plain http through where it is asked to, or where the platform itself gave the address", () => {
  const address = "http://10.0.3.7:8080";
  expect(acmeAt(address)({ allowInsecureHttp: true }).origins).toEqual([address]);
  expect(acmeAt(address, { insecureOrigins: [address] })().origins).toEqual([address]);
  expect(() => acmeAt("http://10.0.3.8", { insecureOrigins: [address] })().origins).toThrow("plain http");
});

it("replaces the address and the origins by the option baseUrl, and with them what the platform vouched for", () => {
  const setup = {
    origins: ["https://api.acme.example", "https://files.acme.example"],
    insecureOrigins: ["http://10.0.3.7"],
  };
  const acme = acmeAt("https://api.acme.example", setup);
  expect(acme({ baseUrl: "https://proxy.example/acme/" })).toMatchObject({
    baseUrl: "https://proxy.example/acme/",
    origins: ["https://proxy.example"],
  });
  expect(() => acme({ baseUrl: "http://10.0.3.7" }).origins).toThrow("plain http");
});

it("names the token page that the options lead to", () => {
  expect(
    acmeAt("https://api.acme.example", { tokenUrl: "https://eu.acme.example/t" })().provider.tokenUrl,
  ).toBe("https://eu.acme.example/t");
});

it("asks the option token before every other place, and goes on where it is blank", async () => {
  const acme = acmeAt("https://api.acme.example");
  const env = { ACME_TOKEN: "from-env" };
  expect((await acme({ token: "given", env }).token()).source).toBe("option token");
  expect((await acme({ token: () => "given", env }).token()).source).toBe("option token");
  expect((await acme({ token: fromEnv("OTHER"), env: { ...env, OTHER: "x" } }).token()).source).toBe(
    "env OTHER",
  );
  expect((await acme({ token: " ", env }).token()).source).toBe("env ACME_TOKEN");
  expect((await acme({ token: undefined, env }).token()).source).toBe("env ACME_TOKEN");
});
