// What is told of mistakes, and of runtimes that lack something; what frameworks do with an auth and its token.
import { inspect } from "node:util";

import { Agent, request } from "undici";
import { afterEach, describe, expect, it, vi } from "vitest";

import { acmeAt, canary, serve } from "./fixtures/acme.ts";
import { failureOf } from "./fixtures/failure-of.ts";
import { type AuthOptions, isAuthError } from "./index.ts";
import { authInterceptor } from "./requests/undici/interceptor.ts";

const acme = acmeAt("https://api.acme.example");

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("options that are none", () => {
  it.each<[string, unknown]>([
    ["a text", "my-token"],
    ["a number", 5],
    ["a function", () => "my-token"],
  ])("are refused with what is meant, and without what was given: %s", async (_, given) => {
    const error = await failureOf(acme(given as never).token());
    expect(error.code).toBe("AUTH_PROVIDER_INVALID");
    expect(error.message).toContain("{ token: … }");
    expect(error.message).not.toContain("my-token");
    expect((await acme(given as never).explain()).error?.message).toContain("{ token: … }");
  });

  it.each([
    "apiKey",
    "api_key",
    "apiToken",
    "accessToken",
    "access_token",
    "authToken",
    "bearerToken",
    "key",
    "personalAccessToken",
    "secret",
  ])("are told where the token has the name %s", async (name) => {
    const error = await failureOf(acme({ [name]: canary }).token());
    expect(error.message).toContain(`it has no option ${name}`);
    expect(error.message).toContain("{ token: … }");
    expect((await acme({ [name]: canary, token: "a-token" }).token()).reveal()).toBe("a-token");
  });
});

describe("a runtime that lacks something", () => {
  it.each(["20.20.2", "18.0.0", "22.18.0"])("is told as that: Node.js %s", async (node) => {
    vi.stubGlobal("process", Object.create(process, { versions: { value: { ...process.versions, node } } }));
    const auth = acme({ token: canary });
    const error = await failureOf(auth.token());
    expect(error.message).toContain(`needs Node.js 22.19 or later, and this is ${node}`);
    expect((await auth.explain()).error?.message).toContain("22.19");
    await expect(auth.fetch("/x")).rejects.toMatchObject({ code: "AUTH_PROVIDER_INVALID" });
    await expect(auth.verify()).rejects.toMatchObject({ code: "AUTH_PROVIDER_INVALID" });
  });

  it.each(["TextEncoder", "TextDecoder", "Headers"])("is told as that: no %s, as in jsdom", async (name) => {
    const before = Object.getOwnPropertyDescriptor(globalThis, name) as PropertyDescriptor;
    Reflect.deleteProperty(globalThis, name);
    try {
      const told = await acme({ token: canary }).explain({ verify: true });
      expect(told.error?.code).toBe("AUTH_PROVIDER_INVALID");
      expect(told.error?.message).toContain(`it needs ${name}, which this runtime lacks`);
    } finally {
      Object.defineProperty(globalThis, name, before);
    }
  });

  it("may lack what zone.js takes away", async () => {
    const resolvers = Object.getOwnPropertyDescriptor(Promise, "withResolvers") as PropertyDescriptor;
    Reflect.deleteProperty(Promise, "withResolvers");
    try {
      const auth = acme({ token: () => Promise.resolve(canary) });
      expect((await auth.token({ signal: new AbortController().signal })).reveal()).toBe(canary);
    } finally {
      Object.defineProperty(Promise, "withResolvers", resolvers);
    }
  });
});

it("says to pass a Worker's env, where there is none", async () => {
  vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
  vi.stubGlobal("process", undefined);
  const error = await failureOf(acme().token());
  expect(error.remedy).toContain("Pass the Worker's env: acme({ env }).");
  expect((await failureOf(acme({ env: { OTHER: "x" } }).token())).remedy).not.toContain("Worker");
});

it("takes a Worker's env as its types are, and reads its texts alone", async () => {
  interface Env {
    readonly ACME_TOKEN: string;
    readonly BUCKET: { get(key: string): unknown };
  }
  const env: Env = { ACME_TOKEN: canary, BUCKET: { get: () => undefined } };
  const options: AuthOptions = { env };
  expect((await acme(options).token()).reveal()).toBe(canary);
  const binding = { ACME_TOKEN: { get: () => canary } };
  expect((await failureOf(acme({ env: binding }).token())).code).toBe("AUTH_TOKEN_NOT_FOUND");
});

it("narrows the code of an error", async () => {
  const error: unknown = await failureOf(acme({ env: {} }).token());
  const code: "AUTH_TOKEN_NOT_FOUND" | undefined = isAuthError(error, "AUTH_TOKEN_NOT_FOUND")
    ? error.code
    : undefined;
  expect(code).toBe("AUTH_TOKEN_NOT_FOUND");
});

describe("a token in a framework's state", () => {
  it("works behind a Proxy, and a Proxy of a Proxy", async () => {
    let next = 0;
    const auth = acme({ token: () => `${canary}-${next++}` });
    const token = await auth.token();
    const proxied = new Proxy(new Proxy(token, {}), {
      get: (target, key, receiver) => Reflect.get(target, key, receiver) as unknown,
    });
    expect([proxied.reveal(), proxied.fingerprint(), String(proxied)]).toEqual([
      token.reveal(),
      token.fingerprint(),
      String(token),
    ]);
    expect(inspect(proxied, { showProxy: true, showHidden: true })).not.toContain(canary);
    auth.reject(proxied);
    expect((await auth.token()).reveal()).toBe(`${canary}-1`);
  });

  it("is a copy by its prototype, too", async () => {
    const token = await acme({ token: canary }).token();
    expect((Object.create(token) as typeof token).reveal()).toBe(canary);
    expect(JSON.stringify({ token })).not.toContain(canary);
    expect(Object.keys(token)).not.toContain("reveal");
  });
});

describe("an auth that was copied", () => {
  it.each([
    ["by Object.create", (auth: object) => Object.create(auth) as object],
    ["by its members", (auth: object) => ({ ...auth })],
    ["by a Proxy", (auth: object) => new Proxy(auth, {})],
  ])("works %s, also in an interceptor", async (_, copy) => {
    const server = await serve(() => ({ body: { id: "user-1" } }));
    const auth = copy(acmeAt(server.url)({ token: canary })) as ReturnType<typeof acme>;
    await auth.fetch("/a");
    expect((await auth.verify()).identity.id).toBe("user-1");
    expect(await auth.headers("/b")).toEqual({ authorization: `Bearer ${canary}` });
    const dispatcher = new Agent().compose(authInterceptor(auth));
    await (await request(server.url, { dispatcher })).body.dump();
    await dispatcher.close();
    expect(server.requests.every(({ headers }) => headers["authorization"] === `Bearer ${canary}`)).toBe(
      true,
    );
    auth.reject();
  });
});

describe("an error shows the caller's own frame", () => {
  const broken = () =>
    acme({ token: () => new Promise((_, reject) => void setImmediate(() => reject(new Error("down")))) });

  it.each<[string, (auth: ReturnType<typeof acme>) => Promise<unknown>]>([
    ["fetch", (auth) => auth.fetch("/x")],
    ["token", (auth) => auth.token()],
    ["token", (auth) => auth.token({ refresh: true, signal: new AbortController().signal })],
    ["headers", (auth) => auth.headers("/x")],
  ])("from %s, and everybody who waits has an own one", async (_, call) => {
    const auth = broken();
    async function ada(): Promise<unknown> {
      return call(auth).catch((error: unknown) => error);
    }
    async function bob(): Promise<unknown> {
      return call(auth).catch((error: unknown) => error);
    }
    const [first, second] = (await Promise.all([ada(), bob()])) as Error[];
    expect(first?.stack).toMatch(/^AuthError: acme: [^]*\bat ada\b/);
    expect(second?.stack).toMatch(/\bat bob\b/);
    expect(first?.stack).not.toMatch(/\bat bob\b/);
    for (const error of [first, second]) {
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({
        code: "AUTH_TOKEN_SOURCE_FAILED",
        provider: "acme",
        attempts: [{ outcome: "failed" }, { outcome: "not tried" }],
      });
      expect(error?.message).toBe(first?.message);
      expect(error?.cause).toBeInstanceOf(Error);
    }
    // While the failure is shared, too.
    expect(((await ada()) as Error).stack).toMatch(/\bat ada\b/);
  });

  it("and nothing is noted while a token is held", async () => {
    const auth = acme({ token: canary, fetch: () => Promise.resolve(new Response()) });
    await auth.token();
    const noted = vi.spyOn(Error, "captureStackTrace");
    await Promise.all([auth.token(), auth.headers("/x"), auth.fetch("/x")]);
    expect(noted).not.toHaveBeenCalled();
  });
});
