import { inspect } from "node:util";
import { gzipSync } from "node:zlib";

import type { LoopbackServer } from "@auth/testing";
import {
  Agent,
  cacheStores,
  Client,
  Dispatcher1Wrapper,
  type Dispatcher,
  fetch as undiciFetch,
  interceptors,
  request,
} from "undici";
import { afterEach, describe, expect, it, vi } from "vitest";

import { acmeAt, canary, serve } from "../../fixtures/acme.ts";
import { bearer, header, type HeaderInjection } from "../../index.ts";
import { authInterceptor } from "./interceptor.ts";

const open: Dispatcher[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((dispatcher) => dispatcher.close()));
});
function agent(...composed: Dispatcher.DispatcherComposeInterceptor[]): Dispatcher {
  const dispatcher = new Agent().compose(...composed);
  open.push(dispatcher);
  return dispatcher;
}

/** What undici would give a handler of an answer that goes on and on. */
class EndlessAnswer implements Dispatcher.DispatchController {
  readonly paused = false;
  reason: Error | null = null;
  get aborted(): boolean {
    return this.reason !== null;
  }
  abort(reason: Error): void {
    this.reason = reason;
  }
  pause(): void {}
  resume(): void {}
}

const token = { token: canary };
const leaks = (server: LoopbackServer): boolean => JSON.stringify(server.requests).includes(canary);

describe("the header", () => {
  it("goes on requests to the provider's origin and on no other", async () => {
    const [own, foreign] = [await serve(), await serve()];
    const dispatcher = agent(authInterceptor(acmeAt(own.url)(token)));
    for (const { url } of [own, foreign]) await (await request(`${url}/x`, { dispatcher })).body.dump();
    expect(own.requests[0]?.headers.authorization).toBe(`Bearer ${canary}`);
    expect(foreign.requests).toHaveLength(1);
    expect(leaks(foreign)).toBe(false);
  });

  it.each([
    ["none", undefined],
    ["an object", { "x-a": "1" }],
    ["a flat list", ["x-a", "1"]],
    ["pairs", [["x-a", "1"]] as [string, string][]],
    ["a Map", new Map([["x-a", "1"]])],
  ])("joins the caller's headers, given as %s, which are not changed", async (_, headers) => {
    const server = await serve();
    const dispatcher = agent(authInterceptor(acmeAt(server.url)(token)));
    const before = inspect(headers);
    const options = Object.freeze({ dispatcher, ...(headers && { headers }) });
    await (await request(`${server.url}/x`, options as never)).body.dump();
    expect(inspect(headers)).toBe(before);
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${canary}`);
    expect(server.requests[0]?.headers["x-a"]).toBe(headers && "1");
  });

  it.each([
    ["an object", { AUTHORIZATION: "Bearer mine" }],
    ["a flat list", ["Authorization", "Bearer mine"]],
    ["pairs", [["Authorization", "Bearer mine"]] as [string, string][]],
    ["a Map", new Map([["authorization", "Bearer mine"]])],
  ])("that the caller set wins, in %s", async (_, headers) => {
    const server = await serve();
    const find = vi.fn(() => canary);
    const dispatcher = agent(authInterceptor(acmeAt(server.url)({ token: find })));
    await (await request(`${server.url}/x`, { dispatcher, headers })).body.dump();
    expect(server.requests[0]?.headers.authorization).toBe("Bearer mine");
    expect(find).not.toHaveBeenCalled();
  });

  it("is each auth's own, where there are several", async () => {
    const [first, second] = [await serve(), await serve()];
    const keyed = acmeAt(second.url, { inject: header("x-api-key") })({ token: "token-two" });
    const dispatcher = agent(authInterceptor([acmeAt(first.url)({ token: "token-one" }), keyed]));
    for (const { url } of [first, second]) await (await request(url, { dispatcher })).body.dump();
    expect(first.requests[0]?.headers.authorization).toBe("Bearer token-one");
    expect(second.requests[0]?.headers["x-api-key"]).toBe("token-two");
    expect(second.requests[0]?.headers).not.toHaveProperty("authorization");
  });

  it("goes on requests of a client that is bound to the origin", async () => {
    const server = await serve();
    const client = new Client(server.url);
    open.push(client);
    const composed = client.compose(authInterceptor(acmeAt(server.url)(token)));
    await (await composed.request({ path: "/x", method: "GET" })).body.dump();
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${canary}`);
  });

  it("goes on requests of undici's fetch, and of the platform's through the wrapper that it needs", async () => {
    const server = await serve();
    const dispatcher = agent(authInterceptor(acmeAt(server.url)(token)));
    expect((await undiciFetch(`${server.url}/a`, { dispatcher })).status).toBe(200);
    const wrapped = { dispatcher: new Dispatcher1Wrapper(dispatcher) } as unknown as RequestInit;
    expect((await fetch(`${server.url}/b`, wrapped)).status).toBe(200);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(
      Array(2).fill(`Bearer ${canary}`),
    );
  });
});

describe.each<[string, HeaderInjection]>([
  ["authorization", bearer()],
  ["x-api-key", header("x-api-key")],
])("across redirects, a token in %s", (_, inject) => {
  const redirect = interceptors.redirect({ maxRedirections: 5 });
  async function origins(
    status: number,
  ): Promise<[LoopbackServer, LoopbackServer, Dispatcher.DispatcherComposeInterceptor]> {
    const foreign = await serve(({ path }) =>
      path === "/back" ? { status: 302, headers: { location: `${own.url}/end` } } : {},
    );
    const own: LoopbackServer = await serve(({ path, url }) =>
      path === "/away"
        ? { status, headers: { location: `${foreign.url}/${url.split("?")[1] ?? "x"}` } }
        : path === "/near"
          ? { status, headers: { location: "/end" } }
          : {},
    );
    return [own, foreign, authInterceptor(acmeAt(own.url, { inject })(token))];
  }
  const orders = (auth: Dispatcher.DispatcherComposeInterceptor): Dispatcher[] => [
    agent(auth, redirect),
    agent(redirect, auth),
  ];

  it.each([301, 302, 303, 307, 308])(
    "does not follow a %i to another origin, in either order of compose",
    async (status) => {
      const [own, foreign, auth] = await origins(status);
      for (const dispatcher of orders(auth)) {
        const response = await request(`${own.url}/away`, { dispatcher, method: "POST", body: "text" });
        await response.body.dump();
        expect(response.statusCode).toBe(200);
      }
      expect(foreign.requests).toHaveLength(2);
      expect(leaks(foreign)).toBe(false);
    },
  );

  it("is on every hop of its own origin, in either order of compose", async () => {
    const [own, , auth] = await origins(302);
    for (const dispatcher of orders(auth))
      await (await request(`${own.url}/near`, { dispatcher })).body.dump();
    expect(own.requests.map(({ path }) => path)).toEqual(["/near", "/end", "/near", "/end"]);
    expect(own.requests.every((one) => JSON.stringify(one).includes(canary))).toBe(true);
  });

  it("does not follow where fetch does the redirects over the dispatcher", async () => {
    const [own, foreign, auth] = await origins(302);
    const dispatcher = agent(auth);
    await undiciFetch(`${own.url}/away`, { dispatcher });
    await fetch(`${own.url}/away`, {
      dispatcher: new Dispatcher1Wrapper(dispatcher),
    } as unknown as RequestInit);
    expect(foreign.requests).toHaveLength(2);
    expect(leaks(foreign)).toBe(false);
  });
});

it("keeps the headers that a dispatch itself wants stripped", async () => {
  const foreign = await serve();
  const own = await serve(() => ({ status: 302, headers: { location: foreign.url } }));
  const dispatcher = agent(
    interceptors.redirect({ maxRedirections: 5 }),
    authInterceptor(acmeAt(own.url, { inject: header("x-api-key") })(token)),
  );
  const headers = { "x-own": "secret-of-mine" };
  await (
    await request(own.url, { dispatcher, headers, stripHeadersOnCrossOriginRedirect: ["x-own"] } as never)
  ).body.dump();
  expect(foreign.requests[0]?.headers).not.toHaveProperty("x-own");
  expect(leaks(foreign)).toBe(false);
});

describe("after a 401", () => {
  const accepting = (good: string, headers: Record<string, string> = {}) =>
    serve((asked) =>
      asked.headers.authorization === `Bearer ${good}`
        ? { body: `welcome ${asked.body}` }
        : { status: 401, headers, body: { error: { type: "InvalidAuthentication" } } },
    );
  const giving = (...tokens: string[]) => {
    let next = 0;
    return vi.fn(() => tokens[Math.min(next++, tokens.length - 1)]);
  };

  it.each([undefined, "text", Buffer.from("text"), new Uint8Array([116, 101, 120, 116])])(
    "a different token is sent once, with the body %s",
    async (body) => {
      const server = await accepting("new");
      const find = giving("old", "new");
      const dispatcher = agent(authInterceptor(acmeAt(server.url)({ token: find })));
      const response = await request(server.url, { dispatcher, method: "POST", ...(body && { body }) });
      expect([response.statusCode, await response.body.text()]).toEqual([
        200,
        body ? "welcome text" : "welcome ",
      ]);
      expect(server.requests).toHaveLength(2);
    },
  );

  it("the same token is not sent again, and the answer comes back whole", async () => {
    const server = await accepting("other", { "x-kept": "yes" });
    const dispatcher = agent(authInterceptor(acmeAt(server.url)(token)));
    const response = await request(server.url, { dispatcher });
    expect([response.statusCode, response.headers["x-kept"]]).toEqual([401, "yes"]);
    expect(await response.body.json()).toEqual({ error: { type: "InvalidAuthentication" } });
    expect(server.requests).toHaveLength(1);
  });

  it("under either fetch, the answer comes back whole too", async () => {
    const server = await accepting("other");
    const dispatcher = agent(authInterceptor(acmeAt(server.url)(token)));
    const wrapped = { dispatcher: new Dispatcher1Wrapper(dispatcher) } as unknown as RequestInit;
    for (const response of [
      await undiciFetch(server.url, { dispatcher }),
      await fetch(server.url, wrapped),
    ]) {
      expect([response.status, await response.json()]).toEqual([
        401,
        { error: { type: "InvalidAuthentication" } },
      ]);
    }
  });

  it("a stream is not sent again", async () => {
    const server = await accepting("new");
    const dispatcher = agent(authInterceptor(acmeAt(server.url)({ token: giving("old", "new") })));
    const body = new Blob(["text"]).stream();
    const response = await request(server.url, { dispatcher, method: "POST", body: body as never });
    await response.body.dump();
    expect([response.statusCode, server.requests.length]).toEqual([401, 1]);
  });

  it("an answer that is too long to be held back is passed on as it comes", async () => {
    const server = await serve(() => ({ status: 401, body: "x".repeat(300_000) }));
    const dispatcher = agent(authInterceptor(acmeAt(server.url)(token)));
    const response = await request(server.url, { dispatcher });
    expect([response.statusCode, (await response.body.text()).length]).toEqual([401, 300_000]);
  });

  it("a token is forgotten too where the answer is too long to be held back", async () => {
    const server = await serve(({ headers }) =>
      headers.authorization === "Bearer new" ? {} : { status: 401, body: "x".repeat(300_000) },
    );
    const auth = acmeAt(server.url)({ token: giving("old", "new") });
    const dispatcher = agent(authInterceptor(auth));
    const response = await request(server.url, { dispatcher });
    expect([response.statusCode, (await response.body.text()).length]).toEqual([401, 300_000]);
    expect((await auth.token()).reveal()).toBe("new");
  });

  it.each([
    ["forgotten", undefined, "new"],
    ["kept where it may mean something else", () => ({}), "old"],
  ] as const)(
    "an answer that does not end is passed on after two seconds, and the token is %s",
    async (_, classify, left) => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      try {
        const auth = acmeAt(
          "https://api.acme.example",
          classify && { classify },
        )({
          token: giving("old", "new"),
        });
        await auth.token();
        const seen: unknown[] = [];
        const controller = new EndlessAnswer();
        const dispatch: Dispatcher.Dispatch = (options, handler) => {
          handler.onRequestStart?.(controller, null);
          handler.onResponseStart?.(controller, 401, {}, "Unauthorized");
          handler.onResponseData?.(controller, Buffer.from("a"));
          return true;
        };
        authInterceptor(auth)(dispatch)(
          { origin: "https://api.acme.example", path: "/x", method: "GET" },
          {
            onResponseStart: (_controller, status) => seen.push(status),
            onResponseData: (_controller, chunk) => seen.push(chunk.toString()),
          },
        );
        expect(seen).toEqual([]);
        await vi.advanceTimersByTimeAsync(2_000);
        expect(seen).toEqual([401, "a"]);
        expect((await auth.token()).reveal()).toBe(left);
      } finally {
        vi.useRealTimers();
      }
    },
  );

  it("what a handler throws that is handed an answer late ends the request, and nothing else", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const auth = acmeAt("https://api.acme.example")(token);
      await auth.token();
      const controller = new EndlessAnswer();
      const dispatch: Dispatcher.Dispatch = (options, handler) => {
        handler.onResponseStart?.(controller, 401, {}, "Unauthorized");
        return true;
      };
      const onResponseStart = (): never => {
        throw new Error("no room");
      };
      authInterceptor(auth)(dispatch)(
        { origin: "https://api.acme.example", path: "/x", method: "GET" },
        { onResponseStart },
      );
      await vi.advanceTimersByTimeAsync(2_000);
      expect(controller.reason?.message).toBe("no room");
    } finally {
      vi.useRealTimers();
    }
  });

  it("a burst of refusals of one token causes one search, and everybody is served", async () => {
    const server = await accepting("new");
    const find = giving("old", "new");
    const dispatcher = agent(authInterceptor(acmeAt(server.url)({ token: find })));
    const responses = await Promise.all(
      Array.from({ length: 200 }, () => request(server.url, { dispatcher })),
    );
    await Promise.all(responses.map(({ body }) => body.dump()));
    expect(new Set(responses.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect(find).toHaveBeenCalledTimes(2);
  });

  it("the provider may know that it means something else, in a compressed answer too", async () => {
    const { createServer } = await import("node:http");
    const server = createServer((_, response) => {
      response.writeHead(401, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end(gzipSync('{"error":{"type":"PermissionDenied"}}'));
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    const find = giving("old", "new");
    const auth = acmeAt(url, {
      classify: ({ body }) =>
        JSON.stringify(body).includes("PermissionDenied") ? { code: "AUTH_PERMISSION_DENIED" } : {},
    })({ token: find });
    const response = await request(url, { dispatcher: agent(authInterceptor(auth)) });
    await response.body.dump();
    server.closeAllConnections();
    server.close();
    expect(response.statusCode).toBe(401);
    expect(find).toHaveBeenCalledOnce();
  });
});

describe("a 401 that says nothing of the token", () => {
  const never = (): string => expect.unreachable("the sources were asked again");
  const once = () => {
    let asked = 0;
    return () => (asked++ === 0 ? canary : never());
  };

  it("is one of another origin's, behind undici's own redirect", async () => {
    const foreign = await serve(() => ({ status: 401, body: "theirs" }));
    const own = await serve(() => ({ status: 302, headers: { location: foreign.url } }));
    const auth = acmeAt(own.url)({ token: once() });
    const response = await request(own.url, {
      dispatcher: agent(interceptors.redirect({ maxRedirections: 5 }), authInterceptor(auth)),
    });
    expect([response.statusCode, await response.body.text()]).toEqual([401, "theirs"]);
    expect((await auth.token()).reveal()).toBe(canary);
  });

  it("is one that is much longer than it comes", async () => {
    const body = gzipSync(JSON.stringify({ error: "x".repeat(1_000_000) }));
    const dispatch: Dispatcher.Dispatch = (options, handler) => {
      const controller = new EndlessAnswer();
      handler.onRequestStart?.(controller, null);
      handler.onResponseStart?.(controller, 401, { "content-encoding": "gzip" }, "Unauthorized");
      handler.onResponseData?.(controller, body);
      handler.onResponseEnd?.(controller, {});
      return true;
    };
    const classify = vi.fn(() => ({}));
    const auth = acmeAt("https://api.acme.example", { classify })({ token: once() });
    await auth.token();
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    authInterceptor(auth)(dispatch)(
      { origin: "https://api.acme.example", path: "/x", method: "GET" },
      { onResponseStart: (_, status) => resolve(status), onResponseError: (_, error) => reject(error) },
    );
    expect(await promise).toBe(401);
    expect(classify).not.toHaveBeenCalled();
  });

  it("is one that is compressed in a way that cannot be read", async () => {
    const server = await serve(() => ({
      status: 401,
      headers: { "content-encoding": "unheard-of" },
      body: "?",
    }));
    const auth = acmeAt(server.url, { classify: () => ({}) })({ token: once() });
    const response = await request(server.url, { dispatcher: agent(authInterceptor(auth)) });
    expect([response.statusCode, await response.body.text()]).toEqual([401, "?"]);
    expect(server.requests).toHaveLength(1);
  });
});

it("lets the caller give up while the sources are asked again", async () => {
  const server = await serve(() => ({ status: 401 }));
  let asked = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const auth = acmeAt(server.url)({
    token: () => {
      if (asked++ === 0) return "old";
      resolve();
      return new Promise<never>(() => undefined);
    },
  });
  const controller = new AbortController();
  const pending = request(server.url, {
    dispatcher: agent(authInterceptor(auth)),
    signal: controller.signal,
  });
  await promise;
  const reason = new Error("no longer needed");
  controller.abort(reason);
  await expect(pending).rejects.toBe(reason);
});

it("serves an auth beside one that is set up wrongly, and lets no request go without its token", async () => {
  const [own, foreign] = [await serve(), await serve()];
  const broken = acmeAt("http://acme.example")(token);
  const dispatcher = agent(authInterceptor([broken, acmeAt(own.url)(token)]));
  await (await request(own.url, { dispatcher })).body.dump();
  expect(own.requests[0]?.headers.authorization).toBe(`Bearer ${canary}`);
  await expect(request(foreign.url, { dispatcher })).rejects.toMatchObject({ code: "AUTH_PROVIDER_INVALID" });
  expect(foreign.requests).toHaveLength(0);
});

describe("no token", () => {
  it("means no request: the reason comes instead", async () => {
    const server = await serve();
    const dispatcher = agent(authInterceptor(acmeAt(server.url)({ env: {} })));
    await expect(request(server.url, { dispatcher })).rejects.toMatchObject({ code: "AUTH_TOKEN_NOT_FOUND" });
    await expect(undiciFetch(server.url, { dispatcher })).rejects.toMatchObject({
      cause: { code: "AUTH_TOKEN_NOT_FOUND" },
    });
    expect(server.requests).toHaveLength(0);
  });

  it("yet: the caller may give up at once", async () => {
    const server = await serve();
    const slow = acmeAt(server.url)({ token: () => new Promise<never>(() => undefined) });
    const controller = new AbortController();
    const pending = request(server.url, {
      dispatcher: agent(authInterceptor(slow)),
      signal: controller.signal,
    });
    const reason = new Error("no longer needed");
    controller.abort(reason);
    await expect(pending).rejects.toBe(reason);
    expect(server.requests).toHaveLength(0);
  });

  it("because the options are broken is told the same way", async () => {
    const broken = acmeAt("http://acme.example")(token);
    const server = await serve();
    await expect(request(server.url, { dispatcher: agent(authInterceptor(broken)) })).rejects.toMatchObject({
      code: "AUTH_PROVIDER_INVALID",
    });
  });
});

it("goes where it was judged to go, whatever becomes of the options while the token is waited for", async () => {
  const [own, foreign] = [await serve(), await serve()];
  const { promise, resolve } = Promise.withResolvers<string>();
  const dispatcher = agent(authInterceptor(acmeAt(own.url)({ token: () => promise })));
  const options = { origin: own.url, path: "/x", method: "GET" as const };
  const origin = new URL(own.url);
  const pending = [dispatcher.request(options), dispatcher.request({ ...options, origin })];
  options.origin = foreign.url;
  origin.port = new URL(foreign.url).port;
  resolve(canary);
  for (const response of await Promise.all(pending)) await response.body.dump();
  expect([own.requests.length, foreign.requests.length]).toEqual([2, 0]);
});

it("goes where it was judged to go, whatever an object says of its origin the next time", async () => {
  const [own, foreign] = [await serve(), await serve()];
  const auth = acmeAt(own.url)(token);
  await auth.token();
  const said = [own.url];
  const { protocol, hostname, port } = new URL(foreign.url);
  const origin = { protocol, hostname, port, toString: () => said.shift() ?? foreign.url };
  const dispatcher = agent(authInterceptor(auth));
  const response = await dispatcher.request({ origin: origin as never, path: "/x", method: "GET" });
  await response.body.dump();
  expect([own.requests.length, foreign.requests.length]).toEqual([1, 0]);
});

it("lets a cache inside of it see whose answers it keeps", async () => {
  const server = await serve(({ headers }) => ({
    headers: { "cache-control": "max-age=100" },
    body: headers.authorization,
  }));
  const store = new cacheStores.MemoryCacheStore();
  for (const user of ["alice", "bob"]) {
    const auth = acmeAt(server.url)({ token: user });
    const dispatcher = agent(interceptors.cache({ store }), authInterceptor(auth));
    expect(await (await request(server.url, { dispatcher })).body.text()).toBe(`Bearer ${user}`);
  }
});

it("is made before any auth is looked into", () => {
  const setup = vi.fn();
  const auth = acmeAt("https://api.acme.example")({ token: setup });
  authInterceptor(auth);
  authInterceptor([auth, auth]);
  expect(setup).not.toHaveBeenCalled();
});

it("refuses what no provider's factory made", () => {
  expect(() => authInterceptor({} as never)).toThrow(TypeError);
  expect(() => authInterceptor([null] as never)).toThrow(TypeError);
});

it.each([{ classify: () => ({}) }, {}])(
  "keeps the token where a page of HTML answers with 401",
  async (setup) => {
    const server = await serve(() => ({
      status: 401,
      headers: { "content-type": "text/html" },
      body: "<html>",
    }));
    let asked = 0;
    const auth = acmeAt(server.url, setup)({ token: () => `token-${asked++}` });
    const dispatcher = agent(authInterceptor(auth));
    for (let sent = 0; sent < 2; sent++)
      expect(await (await request(server.url, { dispatcher })).body.text()).toBe("<html>");
    expect([asked, server.requests.length]).toEqual([1, 2]);
  },
);
