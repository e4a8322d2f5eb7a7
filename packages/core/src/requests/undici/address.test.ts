// Where a request goes is decided by the connection that sends it, and not by what the request says.
import type { LoopbackServer } from "@auth/testing";
import * as undici8 from "undici";
import * as undici7 from "undici-7";
import { afterEach, describe, expect, it } from "vitest";

import { acmeAt, canary, serve } from "../../fixtures/acme.ts";
import { bearer, header, type HeaderInjection } from "../../index.ts";
import { authInterceptor } from "./interceptor.ts";

type Undici = typeof undici8;
type Interceptor = undici8.Dispatcher.DispatcherComposeInterceptor;

const open: undici8.Dispatcher[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((dispatcher) => dispatcher.destroy()));
});

function kept<D extends { destroy(): unknown }>(dispatcher: D): D {
  open.push(dispatcher as never);
  return dispatcher;
}

const leaks = (server: LoopbackServer): boolean => JSON.stringify(server.requests).includes(canary);

/** Dispatchers that go to one address, whatever a request says of its origin. */
const bound: Record<string, (undici: Undici, url: string) => undici8.Dispatcher> = {
  Client: (undici, url) => new undici.Client(url),
  Pool: (undici, url) => new undici.Pool(url),
  "a Pool of one connection": (undici, url) => new undici.Pool(url, { connections: 1 }),
  BalancedPool: (undici, url) => new undici.BalancedPool(url),
  RoundRobinPool: (undici, url) => new undici.RoundRobinPool(url),
  "a RetryAgent of a Client": (undici, url) => new undici.RetryAgent(new undici.Client(url)),
  "a subclass of Pool": (undici, url) => new (class Own extends undici.Pool {})(url),
  "a class of one's own around a Client": (undici, url) => {
    const client = kept(new undici.Client(url));
    return new (class Own extends undici.Dispatcher {
      override dispatch(...given: Parameters<undici8.Dispatcher["dispatch"]>): boolean {
        return client.dispatch(...given);
      }
      override destroy(): Promise<void> {
        return Promise.resolve();
      }
    })();
  },
  "a Client behind an interceptor that makes lists of headers": (undici, url) =>
    new undici.Client(url).compose((dispatch) => (options, handler) => {
      const { headers } = options;
      if (Array.isArray(headers)) return dispatch(options, handler);
      const lists = Object.entries(headers ?? {}).map(([name, value]) => [name, [value].flat()]);
      return dispatch({ ...options, headers: Object.fromEntries(lists) }, handler);
    }),
  "a Client behind an interceptor that says another origin": (undici, url) =>
    new undici.Client(url).compose(
      (dispatch) => (options, handler) =>
        dispatch({ ...options, origin: "https://api.acme.example" }, handler),
    ),
};

describe.each([
  ["undici 8", undici8],
  ["undici 7", undici7 as unknown as Undici],
])("with %s", (_version, undici) => {
  const redirect = undici.interceptors.redirect({ maxRedirections: 3 });
  const injections: [string, HeaderInjection][] = [
    ["authorization", bearer()],
    ["x-api-key", header("X-Api-Key")],
  ];
  const orders = (auth: Interceptor): Interceptor[][] => [[auth], [auth, redirect], [redirect, auth]];

  describe.each(Object.entries(bound))("%s", (_, make) => {
    it.each(injections)(
      "to another address never sends the header %s that a request's origin asks for",
      async (name, inject) => {
        const [own, foreign] = [await serve(), await serve()];
        const auth = acmeAt(own.url, { inject })({ token: canary });
        await auth.token();
        for (const order of orders(authInterceptor(auth))) {
          const dispatcher = kept(make(undici, foreign.url)).compose(...order);
          const sent = Array.from({ length: 3 }, () =>
            dispatcher.request({ origin: own.url, path: "/x", method: "GET" }).then(
              ({ body }) => body.dump(),
              () => undefined,
            ),
          );
          await Promise.all(sent);
          await undici.fetch(`${own.url}/x`, { dispatcher }).then(
            (response) => response.text(),
            () => undefined,
          );
        }
        expect(own.requests).toHaveLength(0);
        expect(foreign.requests.length).toBeGreaterThan(0);
        expect(foreign.requests.every(({ headers }) => headers[name] === undefined)).toBe(true);
        expect(leaks(foreign)).toBe(false);
      },
    );

    it.each(injections)(
      "to another address does not send %s either where that redirects to the provider",
      async (_name, inject) => {
        const own = await serve();
        const foreign = await serve(({ path }) =>
          path === "/x" ? { status: 302, headers: { location: `${own.url}/y` } } : {},
        );
        const auth = acmeAt(own.url, { inject })({ token: canary });
        await auth.token();
        for (const order of orders(authInterceptor(auth)).slice(1)) {
          const dispatcher = kept(make(undici, foreign.url)).compose(...order);
          await dispatcher.request({ origin: foreign.url, path: "/x", method: "GET" }).then(
            ({ body }) => body.dump(),
            () => undefined,
          );
        }
        expect(foreign.requests.length).toBeGreaterThan(0);
        expect(leaks(foreign)).toBe(false);
      },
    );

    it("given to auth.fetch for one call, sends no header to another address", async () => {
      const [own, foreign] = [await serve(), await serve()];
      for (const [, inject] of injections) {
        const send = undici.fetch as unknown as typeof fetch;
        const auth = acmeAt(own.url, { inject })({ token: canary, fetch: send });
        const dispatcher = kept(make(undici, foreign.url));
        for (const input of ["/x", new undici.Request(`${own.url}/x`, { dispatcher }) as never]) {
          const response = await auth.fetch(input, { dispatcher } as never).catch(() => undefined);
          await response?.text();
        }
      }
      expect(own.requests).toHaveLength(0);
      expect(leaks(foreign)).toBe(false);
    });
  });

  it.each(["Client", "Pool", "BalancedPool", "RoundRobinPool"] as const)(
    "a %s of the provider's own origin sends the header, whether a request says its origin or not",
    async (kind) => {
      for (const [name, inject] of injections) {
        const own = await serve();
        const auth = acmeAt(own.url, { inject })({ token: canary });
        for (const order of orders(authInterceptor(auth))) {
          const dispatcher = kept(bound[kind]?.(undici, own.url) as undici8.Dispatcher).compose(...order);
          await (await dispatcher.request({ path: "/a", method: "GET" })).body.dump();
          await (await dispatcher.request({ origin: own.url, path: "/b", method: "GET" })).body.dump();
        }
        expect(own.requests).toHaveLength(6);
        expect(own.requests.every(({ headers }) => headers[name]?.includes(canary))).toBe(true);
      }
    },
  );

  it("a Client of the provider's own origin sends the header behind an interceptor that waits, too", async () => {
    const [own, foreign] = [await serve(), await serve()];
    const auth = acmeAt(own.url)({ token: canary });
    await auth.token();
    const waiting: Interceptor = (dispatch) => (options, handler) => {
      setImmediate(() => dispatch(options, handler));
      return true;
    };
    const dispatcher = kept(new undici.Client(own.url)).compose(waiting, authInterceptor(auth));
    const elsewhere = kept(new undici.Agent());
    for (const path of ["/a", "/b"]) {
      await (await undici.request(foreign.url, { dispatcher: elsewhere })).body.dump();
      await (await dispatcher.request({ path, method: "GET" })).body.dump();
    }
    expect(own.requests.map(({ headers }) => headers["authorization"])).toEqual(
      Array(2).fill(`Bearer ${canary}`),
    );
    expect(leaks(foreign)).toBe(false);
  });

  it("the refusal of a server that got no token says nothing about it", async () => {
    const own = await serve();
    const foreign = await serve(() => ({ status: 401, body: "theirs" }));
    let asked = 0;
    const auth = acmeAt(own.url)({ token: () => `token-${asked++}` });
    await auth.token();
    const dispatcher = kept(new undici.Client(foreign.url)).compose(authInterceptor(auth));
    const response = await dispatcher.request({ origin: own.url, path: "/x", method: "GET" });
    expect([response.statusCode, await response.body.text(), asked]).toEqual([401, "theirs", 1]);
  });

  it("tells that the header was withheld, and not that it was attached", async () => {
    const [own, foreign] = [await serve(), await serve()];
    const events: unknown[] = [];
    const auth = acmeAt(own.url)({
      token: canary,
      onEvent: (event) => {
        if (event.type.startsWith("header.")) events.push([event.type, "origin" in event && event.origin]);
      },
    });
    await auth.token();
    const dispatcher = kept(new undici.Pool(foreign.url)).compose(authInterceptor(auth));
    await (await dispatcher.request({ origin: own.url, path: "/x", method: "GET" })).body.dump();
    expect(events).toEqual([["header.withheld", foreign.url]]);
  });

  it("a header of its own does not go along on a redirect, in either order of compose, and comes back with a hop to the provider", async () => {
    for (const [name, inject] of injections) {
      const foreign = await serve(() => ({ status: 302, headers: { location: `${own.url}/end` } }));
      const own: LoopbackServer = await serve(({ path }) =>
        path === "/start" ? { status: 307, headers: { location: `${foreign.url}/x` } } : {},
      );
      const auth = authInterceptor(acmeAt(own.url, { inject })({ token: canary }));
      for (const order of orders(auth).slice(1)) {
        const dispatcher = kept(new undici.Agent()).compose(...order);
        await (await undici.request(`${own.url}/start`, { dispatcher })).body.dump();
      }
      expect(leaks(foreign)).toBe(false);
      expect(own.requests.filter(({ path }) => path === "/start").every((one) => one.headers[name])).toBe(
        true,
      );
      expect(foreign.requests).toHaveLength(2);
    }
  });

  it("an address that undici's own DNS interceptor has looked up is the provider's", async () => {
    const own = await serve();
    const port = new URL(own.url).port;
    const url = `http://localhost:${port}`;
    const auth = authInterceptor(acmeAt(url)({ token: canary }));
    const dispatcher = kept(new undici.Agent()).compose(
      undici.interceptors.dns({ dualStack: false, affinity: 4 }),
      auth,
    );
    await (await undici.request(`${url}/x`, { dispatcher })).body.dump();
    expect(own.requests[0]?.headers["authorization"]).toBe(`Bearer ${canary}`);
  });

  it("a proxy that is told the whole URL passes it on", async () => {
    const proxy = await serve();
    const auth = authInterceptor(acmeAt("http://127.0.0.1:9")({ token: canary }));
    const dispatcher = kept(new undici.ProxyAgent({ uri: proxy.url, proxyTunnel: false })).compose(auth);
    await (await undici.request("http://127.0.0.1:9/x", { dispatcher })).body.dump();
    expect(proxy.requests[0]?.headers["authorization"]).toBe(`Bearer ${canary}`);
  });
});

describe("the platform's fetch", () => {
  it.each([
    ["for one call", (dispatcher: unknown) => ["/x", { dispatcher }]],
    [
      "in a Request",
      (dispatcher: unknown, url: string) => [new Request(`${url}/x`, { dispatcher } as never)],
    ],
  ] as const)(
    "over a bound dispatcher that is given %s sends no header to another address",
    async (_, args) => {
      for (const inject of [bearer(), header("x-api-key")]) {
        const [own, foreign] = [await serve(), await serve()];
        const auth = acmeAt(own.url, { inject })({ token: canary });
        for (const dispatcher of [new undici7.Client(foreign.url), new undici7.Pool(foreign.url)].map(kept)) {
          const [input, init] = args(dispatcher, own.url);
          await (await auth.fetch(input as string, init as never)).text();
        }
        expect([own.requests.length, foreign.requests.length]).toEqual([0, 2]);
        expect(leaks(foreign)).toBe(false);
      }
    },
  );

  it.each<[string, (client: undici7.Client, url: string) => undici7.Dispatcher]>([
    [
      "a class of one's own",
      (client) =>
        new (class extends undici7.Dispatcher {
          override dispatch(...given: Parameters<undici7.Dispatcher["dispatch"]>): boolean {
            return client.dispatch(...given);
          }
        })(),
    ],
    ["an agent that makes its own clients", (client) => new undici7.Agent({ factory: () => client })],
    ["a RetryAgent", (client) => new undici7.RetryAgent(client)],
    [
      "an agent with an interceptor",
      (_, url) =>
        new undici7.Agent().compose(
          (dispatch) => (options, handler) => dispatch({ ...options, origin: url }, handler),
        ),
    ],
  ])(
    "and undici's own send no header to another address over a global dispatcher that is %s",
    async (_, make) => {
      const [own, foreign] = [await serve(), await serve()];
      const before = undici7.getGlobalDispatcher();
      undici7.setGlobalDispatcher(make(kept(new undici7.Client(foreign.url)), foreign.url));
      try {
        for (const inject of [bearer(), header("x-api-key")]) {
          for (const send of [undefined, undici7.fetch as unknown as typeof fetch]) {
            const auth = acmeAt(own.url, { inject })({ token: canary, ...(send && { fetch: send }) });
            for (let count = 0; count < 2; count++) await (await auth.fetch("/x")).text();
          }
        }
      } finally {
        undici7.setGlobalDispatcher(before);
      }
      expect([own.requests.length, foreign.requests.length]).toEqual([0, 8]);
      expect(leaks(foreign)).toBe(false);
    },
  );

  it("over a bound global dispatcher sends no header to another address", async () => {
    const [own, foreign] = [await serve(), await serve()];
    const auth = acmeAt(own.url)({ token: canary });
    const before = undici7.getGlobalDispatcher();
    undici7.setGlobalDispatcher(kept(new undici7.Client(foreign.url)));
    try {
      await (await auth.fetch("/x")).text();
    } finally {
      undici7.setGlobalDispatcher(before);
    }
    expect(foreign.requests).toHaveLength(1);
    expect(leaks(foreign)).toBe(false);
  });

  it("is told clearly where the dispatcher of another undici cannot work with it, before anything is sent", async () => {
    const own = await serve();
    const auth = acmeAt(own.url)({ token: canary });
    const redirect = undici8.interceptors.redirect({ maxRedirections: 3 });
    for (const order of [
      [authInterceptor(auth)],
      [authInterceptor(auth), redirect],
      [redirect, authInterceptor(auth)],
    ]) {
      const dispatcher = kept(new undici8.Agent()).compose(...order);
      const failure: unknown = await fetch(own.url, { dispatcher } as never).catch((error: unknown) => error);
      expect(failure).toMatchObject({ cause: { code: "AUTH_PROVIDER_INVALID" } });
      expect(String((failure as Error).cause)).toMatch(/older undici, such as .*Dispatcher1Wrapper/);
    }
    expect(own.requests).toEqual([]);
  });
});

it("a handler of undici 6 is told clearly, and so is whoever waits for it", () => {
  const auth = acmeAt("https://api.acme.example")({ token: canary });
  const dispatch = () => expect.unreachable("it was sent");
  const errors: unknown[] = [];
  const handler = { onConnect: () => undefined, onError: (error: unknown) => errors.push(error) } as never;
  const options = { origin: "https://api.acme.example", path: "/x", method: "GET" } as const;
  expect(authInterceptor(auth)(dispatch)(options, handler)).toBe(false);
  expect(errors).toMatchObject([{ code: "AUTH_PROVIDER_INVALID" }]);
  const silent = { onHeaders: () => true } as never;
  expect(() => authInterceptor(auth)(dispatch)(options, silent)).toThrow(/older undici/);
});
