// What core promises of every auth, whichever header carries its token: the conformance suite asks whether an auth is
// core's, and relies on these for the rest.
import { inspect } from "node:util";

import { describe, expect, it, vi } from "vitest";

import { acmeAt, canary, serve } from "./fixtures/acme.ts";
import { failureOf } from "./fixtures/failure-of.ts";
import { type AuthOptions, basic, bearer, found, header, type HeaderInjection, oneOf } from "./index.ts";

const base = "https://api.acme.example";
const carriers: [string, HeaderInjection, (token: string) => string][] = [
  ["authorization", bearer(), (token) => `Bearer ${token}`],
  ["x-api-key", header("X-API-Key"), (token) => token],
  ["authorization", basic("ada"), (token) => `Basic ${btoa(`ada:${token}`)}`],
];

/** A `fetch` that keeps what it is given and sends nothing. */
function recording(): { readonly fetch: typeof fetch; readonly sent: [url: string, Headers][] } {
  const sent: [string, Headers][] = [];
  return {
    sent,
    fetch: async (input, init) => {
      const request = input instanceof Request ? input : undefined;
      const url = new URL(request?.url ?? String(input)).href;
      sent.push([url, new Headers(init?.headers ?? request?.headers)]);
      return new Response();
    },
  };
}

const foreign = [
  "https://evil.example/x",
  "https://acme.example/x",
  "https://v2.api.acme.example/x",
  "https://evilapi.acme.example/x",
  "https://api.acme.example:8443/x",
  "http://api.acme.example/x",
  "http://127.0.0.1/x",
  "https://API.EVIL.EXAMPLE/x",
  "HTTPS://EVIL.EXAMPLE/x",
  "https://api.acme.example.evil.example/x",
  "https://api.acme.example./x",
  "https://evil.example/https://api.acme.example/x",
  "https://evil.example?https://api.acme.example/",
  "https://evil.example#@api.acme.example/",
  "https://evil.example\\@api.acme.example/x",
  "https:\\\\evil.example/x",
  "//evil.example/x",
  "/\\evil.example/x",
  "\\\\evil.example/x",
  "/\t/evil.example/x",
  "\n//evil.example/x",
  "https://api.acme.example@evil.example/x",
  "https://api.acme.example:443@evil.example/x",
  "https://api.acme.example%5c.evil.example@evil.example/x",
];

describe.each(carriers)("a token in %s, as %o", (name, inject, value) => {
  it.each(foreign)("does not go to %j, by text or by URL", async (input) => {
    const { fetch, sent } = recording();
    const auth = acmeAt(base, { inject })({ token: canary, fetch });
    const url = new URL(input, base);
    await auth.fetch(input);
    await auth.fetch(url);
    expect(sent.map(([to]) => to)).toEqual([url.href, url.href]);
    for (const [, headers] of sent) expect([...headers]).toEqual([]);
    expect(await auth.headers(url)).toEqual({});
    expect(await auth.headers(input)).toEqual({});
  });

  it("leaves the caller's own of that name alone, in any case and any form", async () => {
    const written = [name, name.toUpperCase(), name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())];
    for (const own of written) {
      for (const [input, init] of [
        [base, { headers: { [own]: "mine" } }],
        [base, { headers: [[own, "mine"]] as [string, string][] }],
        [base, { headers: new Headers([[own, "mine"]]) }],
        [new Request(base, { headers: { [own]: "mine" } })],
      ] as [string | Request, RequestInit?][]) {
        const { fetch, sent } = recording();
        await acmeAt(base, { inject })({ token: canary, fetch }).fetch(input, init);
        expect(sent[0]?.[1].get(name)).toBe("mine");
      }
    }
  });

  it("changes nothing that it is given, frozen or not", async () => {
    const server = await serve();
    const options = Object.freeze({ env: Object.freeze({}), token: canary });
    const auth = acmeAt(server.url, { inject })(options);
    const record = { "x-caller": "1" };
    const [headers, request] = [new Headers(record), new Request(`${server.url}/x`, { headers: record })];
    for (const init of [
      { headers: record },
      { headers },
      Object.freeze({ headers: Object.freeze({ ...record }) }),
    ]) {
      const members = Object.keys(init);
      await auth.fetch("/x", init);
      expect(Object.keys(init)).toEqual(members);
    }
    await auth.fetch(request);
    expect([record, [...headers], [...request.headers]]).toEqual([
      { "x-caller": "1" },
      [["x-caller", "1"]],
      [["x-caller", "1"]],
    ]);
    expect(server.requests.map((one) => one.headers[name])).toEqual(
      Array.from({ length: 4 }, () => value(canary)),
    );
  });

  // The platform's own `fetch`, and one of the caller's, whose way with redirects nobody knows.
  it.each<[string, AuthOptions]>([
    ["the platform's", {}],
    ["the caller's", { fetch: (input, init) => fetch(input, init) }],
  ])("stays on its origin wherever a redirect leads, under %s fetch", async (_, options) => {
    const start = () =>
      serve(({ path, url }) => {
        const [, status = ""] = /^\/(\d+)$/.exec(path) ?? [];
        return status === ""
          ? { body: path }
          : { status: Number(status), headers: { location: url.slice(url.indexOf("?") + 1) } };
      });
    const [own, other] = [await start(), await start()];
    const auth = acmeAt(own.url, { inject })({ token: canary, ...options });
    const last = () => own.requests.at(-1)?.headers[name];
    for (const status of [301, 302, 303, 307, 308]) {
      const text = async (path: string, init?: RequestInit) => (await auth.fetch(path, init)).text();
      expect(await text(`/${status}?/within`)).toBe("/within");
      expect(last()).toBe(value(canary));
      expect(await text(`/${status}?${other.url}/away`)).toBe("/away");
      expect(await text(`/${status}?${other.url}/${status}?${own.url}/back`)).toBe("/back");
      expect(last()).toBeUndefined();
      expect(await text(`${other.url}/${status}?${own.url}/from-elsewhere`)).toBe("/from-elsewhere");
      expect(last()).toBeUndefined();
    }
    for (const { url, requests } of [own, other]) {
      await auth.fetch(`/307?${url}/end`, { method: "POST", body: "the body" });
      expect(requests.at(-1)).toMatchObject({ method: "POST", path: "/end", body: "the body" });
    }
    expect(JSON.stringify(other.requests)).not.toContain(value(canary));
  });

  it("is asked for again after a 401, and its successor sent once, the request as it was", async () => {
    const server = await serve(({ headers }) =>
      headers[name] === value("new-token-of-acme") ? {} : { status: 401 },
    );
    const reasons: string[] = [];
    const auth = acmeAt(server.url, { inject })({
      token: ({ reason }) => (reasons.push(reason) === 1 ? canary : "new-token-of-acme"),
    });
    expect((await auth.fetch("/x", { method: "PUT", body: "the body" })).status).toBe(200);
    expect(server.requests.map(({ headers, method, body }) => [headers[name], method, body])).toEqual([
      [value(canary), "PUT", "the body"],
      [value("new-token-of-acme"), "PUT", "the body"],
    ]);
    expect(reasons).toEqual(["initial", "rejected"]);
  });

  it("is shown by no error, whatever the service answers and however it hangs up", async () => {
    for (const answer of [
      ...[400, 401, 403, 409, 429, 500].map((status) => ({ status, body: `${canary} ${value(canary)}` })),
      { drop: true },
      {},
    ]) {
      const server = await serve(() => answer);
      const auth = acmeAt(server.url, { inject })({ token: canary });
      const error = await failureOf(auth.verify({ timeoutMs: 250 }));
      const told = await auth.explain();
      for (const secret of [canary, value(canary)])
        expect(`${inspect(error, { depth: 9 })} ${JSON.stringify(told)}`).not.toContain(secret);
      expect([error.provider, error.message.endsWith(error.remedy)]).toEqual(["acme", true]);
    }
  });
});

it("says whose it is", () => {
  expect(acmeAt(base)().provider).toMatchObject({ id: "acme", name: "Acme" });
});

it.each(["http://acme.example", "https://user@acme.example", "acme", "ftp://acme.example"])(
  "refuses the option baseUrl %s",
  async (baseUrl) => {
    const error = await failureOf(acmeAt(base)({ token: canary, baseUrl }).token());
    expect(error.code).toBe("AUTH_PROVIDER_INVALID");
  },
);

it.each(["\n", "\r\n", " ", "\0", "é", "\u2028"])(
  "sends no token with %j in it, and names the source",
  async (bad) => {
    const { fetch, sent } = recording();
    const auth = acmeAt(base)({ token: `${canary}${bad}${canary}`, fetch });
    const error = await failureOf(auth.fetch("/x"));
    expect([error.code, error.message]).toEqual([
      "AUTH_TOKEN_MALFORMED",
      expect.stringContaining("option token"),
    ]);
    expect(sent).toEqual([]);
  },
);

it("shows nothing of what a broken source throws that could be a token, by any of its members", async () => {
  const token = (): never => {
    throw new Error(`It printed ${canary}`, { cause: new Error(canary) });
  };
  const auth = acmeAt(base)({ token });
  for (const call of [auth.token(), auth.fetch("/x"), auth.headers("/x"), auth.verify()])
    expect((await failureOf(call)).code).toBe("AUTH_TOKEN_SOURCE_FAILED");
  expect(JSON.stringify(await auth.explain())).not.toContain(canary);
});

it("hands on what fetch rejects with, the same error", async () => {
  const thrown = new TypeError("fetch failed");
  const auth = acmeAt(base)({ token: canary, fetch: () => Promise.reject(thrown) });
  await expect(auth.fetch("/x")).rejects.toBe(thrown);
});

describe("the token, by the given clock", () => {
  const hourMs = 3_600_000;

  it("is loaded anew when it has expired, and not before", async () => {
    let [at, loads] = [1_000_000, 0];
    const auth = acmeAt(base)({
      now: () => at,
      token: () => found(`token-${++loads}`, { expiresAt: at + hourMs }),
    });
    for (let call = 0; call < 3; call++)
      expect(await auth.headers("/x")).toEqual({ authorization: "Bearer token-1" });
    at += hourMs + 1;
    expect(await auth.headers("/x")).toEqual({ authorization: "Bearer token-2" });
    expect(loads).toBe(2);
  });

  it("is renewed ahead of its expiry, and served meanwhile, even if that fails", async () => {
    let [at, loads] = [1_000_000, 0];
    const renewal = Promise.withResolvers<never>();
    const auth = acmeAt(base)({
      now: () => at,
      token: () => (++loads === 2 ? renewal.promise : found(`token-${loads}`, { expiresAt: at + hourMs })),
    });
    await auth.token();
    at += hourMs - 1_000;
    for (let call = 0; call < 3; call++) expect((await auth.token()).reveal()).toBe("token-1");
    await new Promise((resolve) => setImmediate(resolve));
    expect(loads).toBe(2);
    renewal.reject(new Error("the vault is sealed"));
    await new Promise((resolve) => setImmediate(resolve));
    expect((await auth.token()).reveal()).toBe("token-1");
    at += hourMs;
    expect((await auth.token()).reveal()).toBe("token-3");
  });

  it("is refused unsent where it is given already expired", async () => {
    const { fetch, sent } = recording();
    const token = () => found(canary, { expiresAt: 999 });
    const error = await failureOf(acmeAt(base)({ token, fetch, now: () => 1_000 }).fetch("/x"));
    expect([error.code, sent]).toEqual(["AUTH_TOKEN_EXPIRED", []]);
  });

  it("is looked for once by all who ask at once, and a failure is shared for a moment", async () => {
    let [at, loads] = [1_000_000, 0];
    const auth = acmeAt(base)({
      now: () => at,
      async token() {
        if (++loads === 1) throw new Error("the vault is sealed");
        await new Promise((resolve) => setImmediate(resolve));
        return canary;
      },
    });
    for (const error of await Promise.all(Array.from({ length: 50 }, () => failureOf(auth.token()))))
      expect(error.code).toBe("AUTH_TOKEN_SOURCE_FAILED");
    await failureOf(auth.headers("/x"));
    expect(loads).toBe(1);
    at += 60_000;
    await Promise.all(
      Array.from({ length: 200 }, (_, nth) => (nth % 2 === 0 ? auth.token() : auth.headers("/x"))),
    );
    expect(loads).toBe(2);
  });

  it("is waited for by each caller alone, and a late answer replaces no newer one", async () => {
    const first = Promise.withResolvers<string>();
    let loads = 0;
    const auth = acmeAt(base)({ token: () => (++loads === 1 ? first.promise : "newer-token") });
    const [stop, reason] = [new AbortController(), new Error("this caller stops")];
    const stopped = auth.token({ signal: stop.signal });
    const other = auth.token();
    stop.abort(reason);
    await expect(stopped).rejects.toBe(reason);
    await auth.token({ refresh: true });
    first.resolve("older-token");
    await other;
    expect((await auth.token()).reveal()).toBe("newer-token");
    expect(loads).toBe(2);
  });
});

describe("a promise in place of an answer, which nobody waits for, ends no process where it is", () => {
  const broken = (): never => Promise.reject(new Error(canary)) as never;
  it.each<[string, string, Parameters<typeof acmeAt>[1], AuthOptions]>([
    ["a token", "AUTH_TOKEN_SOURCE_FAILED", {}, { token: () => found(broken()) }],
    ["an expiry", "AUTH_TOKEN_SOURCE_FAILED", {}, { token: () => found(canary, { expiresAt: broken() }) }],
    ["a header", "AUTH_PROVIDER_INVALID", { inject: header("x-api-key", broken) }, { token: canary }],
    [
      "a form",
      "AUTH_PROVIDER_INVALID",
      { inject: oneOf({ key: header("x-api-key"), oauth: bearer() }, broken) },
      { token: canary },
    ],
    ["a wait", "AUTH_RATE_LIMITED", { retryDelayMs: broken }, { token: canary }],
    ["an endpoint", "AUTH_PROVIDER_INVALID", { verify: broken }, { token: canary }],
  ])("%s", async (_, code, setup, options) => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const server = await serve(() => ({ status: 429, headers: { "retry-after": "86400" } }));
    expect((await failureOf(acmeAt(server.url, setup)(options).verify())).code).toBe(code);
    await new Promise((resolve) => void setTimeout(resolve));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
