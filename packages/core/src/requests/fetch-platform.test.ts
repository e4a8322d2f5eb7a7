// What differs between `fetch`es: those of the platform, of libraries, of a page that replaced it.
import { createHash } from "node:crypto";
import { Readable } from "node:stream";

import type { LoopbackServer } from "@auth/testing";
import { Agent, fetch as undiciFetch } from "undici";
import * as undici7 from "undici-7";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { acmeAt, canary, serve } from "../fixtures/acme.ts";
import { bearer, header, type HeaderInjection } from "../index.ts";

const token = { token: canary };
const leaks = (server: LoopbackServer): boolean => JSON.stringify(server.requests).includes(canary);
const injections: [string, HeaderInjection][] = [
  ["authorization", bearer()],
  ["x-api-key", header("x-api-key")],
];

let platform: typeof fetch;
beforeEach(() => {
  platform = globalThis.fetch;
});
afterEach(() => {
  globalThis.fetch = platform;
});

/** Two servers, the first of which redirects there. */
async function redirecting(
  status = 302,
  headers: Record<string, string> = {},
): Promise<[LoopbackServer, LoopbackServer]> {
  const other = await serve(() => ({ body: "arrived" }));
  const own = await serve(({ path, url }) =>
    path === "/away"
      ? { status, headers: { location: `${other.url}/x`, ...headers } }
      : path === "/near"
        ? { status, headers: { location: "/end", ...headers } }
        : { body: `here ${url}` },
  );
  return [own, other];
}

describe("a global fetch that was replaced", () => {
  it.each(injections)("does not take the header %s along on a redirect", async (_, inject) => {
    const [own, other] = await redirecting();
    // As a page's own would that knows nothing of origins: the headers go wherever it is sent.
    const follow = async (input: unknown, init?: RequestInit): Promise<Response> => {
      const response = await platform(input as string, { ...init, redirect: "manual" });
      const location = response.headers.get("location");
      if (location === null || init?.redirect === "manual") return response;
      return follow(new URL(location, input as string).href, init);
    };
    for (const replacement of [follow, follow.bind(undefined), new Proxy(follow, {})]) {
      globalThis.fetch = replacement;
      const response = await acmeAt(own.url, { inject })(token).fetch("/away");
      expect(await response.text()).toBe("arrived");
    }
    expect(other.requests).toHaveLength(3);
    expect(leaks(other)).toBe(false);
  });

  it("may be replaced after the first request", async () => {
    const [own, other] = await redirecting();
    const auth = acmeAt(own.url)(token);
    await auth.fetch("/x");
    const seen: unknown[] = [];
    globalThis.fetch = ((input: string, init: RequestInit) => {
      seen.push(init.redirect);
      return platform(input, init);
    }) as typeof fetch;
    await auth.fetch("/away");
    expect(seen).toEqual(["manual", "manual"]);
    expect(leaks(other)).toBe(false);
  });

  it("may be auth.fetch itself, or call it", async () => {
    const [own, other] = await redirecting();
    const [one, two] = [acmeAt(own.url)(token), acmeAt(other.url)({ token: "token-two" })];
    globalThis.fetch = one.fetch;
    expect(await (await fetch(`${own.url}/x`)).text()).toBe("here /x");
    globalThis.fetch = two.fetch;
    expect(await (await one.fetch("/x")).text()).toBe("here /x");
    expect(await (await fetch(`${other.url}/x`)).text()).toBe("arrived");
    globalThis.fetch = (input, init) => one.fetch(input, init);
    expect(await (await fetch(`${own.url}/x`)).text()).toBe("here /x");
    expect(await (await fetch(other.url)).text()).toBe("arrived");
    expect(own.requests.every(({ headers }) => headers["authorization"] === `Bearer ${canary}`)).toBe(true);
    expect(leaks(other)).toBe(false);
  });

  it("may be a function that calls auth.fetch later", async () => {
    const [own, other] = await redirecting();
    const auth = acmeAt(own.url)(token);
    const later = auth.fetch;
    for (const copied of [false, true]) {
      globalThis.fetch = async (input, init) => {
        await Promise.resolve();
        return later(input, copied ? { ...init } : init);
      };
      for (const send of [auth.fetch, fetch]) {
        expect(await (await send(`${own.url}/x`)).text()).toBe("here /x");
        expect(await (await send(`${own.url}/x`, { method: "POST", body: "a" })).text()).toBe("here /x");
        expect(await (await send(new Request(`${own.url}/x`))).text()).toBe("here /x");
        expect(await (await send(other.url)).text()).toBe("arrived");
      }
    }
    expect(own.requests).toHaveLength(12);
    expect(own.requests.every(({ headers }) => headers["authorization"] === `Bearer ${canary}`)).toBe(true);
    expect(leaks(other)).toBe(false);
  });

  it("is told to be a circle where auth.fetch is called later", async () => {
    let auth: { fetch: typeof fetch } | undefined;
    globalThis.fetch = async (input, init) => {
      await Promise.resolve();
      return (auth as { fetch: typeof fetch }).fetch(input, init);
    };
    auth = acmeAt("https://api.acme.example")(token);
    await expect(fetch("https://api.acme.example/x")).rejects.toThrow("leads back to auth.fetch");
  });

  it("that is auth.fetch does not ask a source for the token that it needs itself", async () => {
    const server = await serve(() => ({ body: canary }));
    const auth = acmeAt(server.url)({
      token: async ({ fetch }) => (await fetch(`${server.url}/token`)).text(),
    });
    globalThis.fetch = auth.fetch;
    expect((await fetch(`${server.url}/x`)).status).toBe(200);
    expect(server.requests.map(({ headers }) => headers["authorization"])).toEqual([
      undefined,
      `Bearer ${canary}`,
    ]);
  });

  it("is told to be a circle where it is one", async () => {
    let auth: { fetch: typeof fetch } | undefined;
    globalThis.fetch = (input, init) => (auth as { fetch: typeof fetch }).fetch(input, init);
    auth = acmeAt("https://api.acme.example")(token);
    await expect(fetch("https://api.acme.example/x")).rejects.toThrow("leads back to auth.fetch");
  });
});

describe("objects that answer differently the second time", () => {
  const changing = <T>(...answers: T[]): (() => T) => {
    let next = 0;
    return () => answers[Math.min(next++, answers.length - 1)] as T;
  };

  it("a Request with members of its own is what the platform takes it for", async () => {
    const [own, foreign] = [await serve(), await serve()];
    const auth = acmeAt(own.url)(token);
    await auth.token();
    for (const disguise of [
      (request: Request) => Object.defineProperty(request, "url", { value: `${own.url}/x` }),
      (request: Request) =>
        Object.defineProperty(request, "url", { get: changing(`${own.url}/x`, foreign.url) }),
      (request: Request) =>
        Object.setPrototypeOf(
          request,
          Object.create(Request.prototype, { url: { value: own.url } }),
        ) as Request,
    ]) {
      await auth.fetch(disguise(new Request(`${foreign.url}/x`)));
      await auth.fetch(disguise(new Request(foreign.url)), { headers: { "x-a": "1" } });
    }
    expect(foreign.requests).toHaveLength(6);
    expect(leaks(foreign)).toBe(false);
  });

  it.each(["http://x.invalid/", "[object Request]"])(
    "an object is no URL, whatever it becomes at first: %s",
    async (first) => {
      const [own, foreign] = [await serve(), await serve()];
      const auth = acmeAt(own.url)(token);
      const input = { url: own.url, toString: changing(first, own.url, foreign.url) };
      await expect(auth.fetch(input as never)).rejects.toThrow(TypeError);
      await expect(auth.headers(input as never)).rejects.toThrow(TypeError);
      expect([own.requests.length, foreign.requests.length]).toEqual([0, 0]);
    },
  );

  it("a URL is what it is, and not what it says of itself", async () => {
    const [own, foreign] = [await serve(), await serve()];
    const auth = acmeAt(own.url)(token);
    const lie = { toString: changing(own.url, foreign.url), href: own.url, origin: own.url };
    await auth.fetch(Object.assign(new URL(foreign.url), { toString: lie.toString }));
    const disguised = Object.create(URL.prototype, { href: { value: own.url } });
    await auth.fetch(Object.setPrototypeOf(new URL(foreign.url), disguised) as URL);
    expect(own.requests).toHaveLength(0);
    expect(leaks(foreign)).toBe(false);
    expect(await auth.headers(Object.assign(new URL(foreign.url), { toString: lie.toString }))).toEqual({});
  });

  it.each([
    ["a text object", () => new String("follow")],
    ["an object", () => ({ toString: changing("follow", "error") })],
  ])("a redirect mode that is %s is a mode like any other", async (_, mode) => {
    const [own, other] = await redirecting();
    const auth = acmeAt(own.url, { inject: header("x-api-key") })(token);
    for (const fetch of [undefined, globalThis.fetch]) {
      const sender =
        fetch === undefined ? auth : acmeAt(own.url, { inject: header("x-api-key") })({ ...token, fetch });
      expect(await (await sender.fetch("/away", { redirect: mode() as never })).text()).toBe("arrived");
    }
    expect(leaks(other)).toBe(false);
  });

  it.each(["", "FOLLOW", "0", new String("")])(
    "a redirect mode that is none is refused: %j",
    async (mode) => {
      const [own, other] = await redirecting();
      for (const inject of [bearer(), header("x-api-key")]) {
        // Some libraries take anything but two words for "follow".
        const lenient: typeof globalThis.fetch = (input, init) => {
          const given = init?.redirect ?? "follow";
          const redirect = ["error", "manual"].includes(given) ? given : "follow";
          return globalThis.fetch(input, { ...init, redirect });
        };
        for (const fetch of [undefined, lenient]) {
          const auth = acmeAt(own.url, { inject })({ ...token, ...(fetch && { fetch }) });
          await expect(auth.fetch("/away", { redirect: mode as never })).rejects.toThrow(TypeError);
        }
      }
      expect(leaks(other)).toBe(false);
    },
  );

  it("options that have another redirect mode each time they are asked are asked once", async () => {
    const [own, other] = await redirecting();
    const auth = acmeAt(own.url, { inject: header("x-api-key") })(token);
    const mode = changing("error", "follow");
    const options = Object.defineProperty({}, "redirect", { enumerable: true, get: mode }) as RequestInit;
    await expect(auth.fetch("/away", options)).rejects.toThrow(TypeError);
    expect(leaks(other)).toBe(false);
  });
});

describe("on the hops of a redirect", () => {
  const both = async (
    status: number,
    answer: Record<string, string>,
    send: (fetch: typeof globalThis.fetch, url: string) => Promise<Response>,
    path: "/away" | "/near" = "/away",
    platformSend = send,
  ): Promise<unknown[]> => {
    const outcomes: unknown[] = [];
    for (const authorized of [false, true]) {
      const [own, other] = await redirecting(status, answer);
      const auth = acmeAt(own.url, { inject: header("x-api-key") })(token);
      const url = `${own.url}${path}`;
      const outcome = await (authorized ? send(auth.fetch, url) : platformSend(platform, url)).then(
        async (response) => [
          response.type,
          response.redirected,
          response.clone().redirected,
          response.clone().type,
          response.status,
          (await response.text()).slice(0, 7),
        ],
        (error: Error) => error.name,
      );
      const referrers = [...own.requests, ...other.requests].map(({ headers }) => headers["referer"]);
      outcomes.push([outcome, referrers]);
    }
    return outcomes;
  };
  const sha = (text: string): string => `sha256-${createHash("sha256").update(text).digest("base64")}`;
  const from = "https://page.example/a?secret=1";

  it.each<[string, Parameters<typeof both>[2], Record<string, string>?, "/near"?]>([
    ["response.type and redirected", (fetch, url) => fetch(url)],
    ["response.type on one origin", (fetch, url) => fetch(url), {}, "/near"],
    ["integrity that fits", (fetch, url) => fetch(url, { integrity: sha("arrived") })],
    [
      "integrity of several, one of which fits",
      (fetch, url) => fetch(url, { integrity: `${sha("x")} ${sha("arrived")}` }),
    ],
    ["integrity that does not fit", (fetch, url) => fetch(url, { integrity: sha("other") })],
    ["integrity of a Request", (fetch, url) => fetch(new Request(url, { integrity: sha("arrived") }))],
    [
      "integrity of a Request that does not fit",
      (fetch, url) => fetch(new Request(url, { integrity: sha("other") })),
    ],
    [
      "integrity without a redirect",
      (fetch, url) => fetch(url.replace("away", "x"), { integrity: sha("here /x") }),
    ],
    [
      "integrity without a redirect that does not fit",
      (fetch, url) => fetch(url.replace("away", "x"), { integrity: sha("x") }),
    ],
    ["a referrer", (fetch, url) => fetch(url, { referrer: from })],
    [
      "a referrer with a policy",
      (fetch, url) => fetch(url, { referrer: from, referrerPolicy: "unsafe-url" }),
    ],
    [
      "the policy of the answer",
      (fetch, url) => fetch(url, { referrer: from, referrerPolicy: "unsafe-url" }),
      { "referrer-policy": "no-referrer" },
    ],
    [
      "the last policy of the answer that is one",
      (fetch, url) => fetch(url, { referrer: from }),
      { "referrer-policy": "no-referrer, unsafe-url, unheard-of" },
    ],
    ["the mode same-origin", (fetch, url) => fetch(url, { mode: "same-origin" })],
    ["the mode same-origin on one origin", (fetch, url) => fetch(url, { mode: "same-origin" }), {}, "/near"],
  ])("is the platform's: %s", async (_, send, answer = {}, path = "/away" as never) => {
    const [expected, ours] = await both(302, answer, send, path);
    expect(ours).toEqual(expected);
  });

  // Node.js forgets what a Request says of its referrer, and takes it from the options.
  it.each([
    { referrer: from, referrerPolicy: "origin" },
    { referrer: from, referrerPolicy: "no-referrer" },
    { referrer: from, referrerPolicy: "unsafe-url" },
    { referrer: from },
  ] as const)("a Request's referrer goes as the platform's own would: %o", async (options) => {
    const inRequest: Parameters<typeof both>[2] = (fetch, url) => fetch(new Request(url, options));
    const [expected, ours] = await both(302, {}, inRequest, "/away", (fetch, url) => fetch(url, options));
    expect(ours).toEqual(expected);
  });

  it("a POST of a stream ends, also where a GET would follow", async () => {
    const body = () => new Blob(["streamed"]).stream();
    const [expected, ours] = await both(302, {}, (fetch, url) =>
      fetch(url, { method: "POST", body: body(), duplex: "half" }),
    );
    expect(ours).toEqual(expected);
  });

  it("a Request's members go along", async () => {
    const seen: unknown[] = [];
    const auth = acmeAt("https://api.acme.example")({
      ...token,
      fetch: (_, { credentials, cache, keepalive, referrerPolicy, mode } = {}) => {
        seen.push({ credentials, cache, keepalive, referrerPolicy, mode });
        const first = seen.length === 1;
        return Promise.resolve(new Response(null, first ? { status: 302, headers: { location: "/y" } } : {}));
      },
    });
    const members = {
      credentials: "omit",
      cache: "no-store",
      keepalive: true,
      referrerPolicy: "origin",
      mode: "cors",
    } as const;
    await auth.fetch(new Request("https://api.acme.example/x", members));
    expect(seen).toEqual([members, members]);
  });

  it("a dispatcher of the options goes along", async () => {
    const [own] = await redirecting();
    const paths: string[] = [];
    const dispatcher = new undici7.Agent().compose((dispatch) => (options, handler) => {
      paths.push(options.path);
      return dispatch(options, handler);
    });
    for (const [, inject] of injections)
      await (await acmeAt(own.url, { inject })(token).fetch("/near", { dispatcher } as never)).text();
    expect(paths).toEqual(["/near", "/end", "/near", "/end"]);
    await dispatcher.close();
  });
});

it.each(injections)("a Request keeps its referrer and its policy, with the header %s", async (_, inject) => {
  const server = await serve();
  const auth = acmeAt(server.url, { inject })(token);
  const make = (referrerPolicy: "no-referrer" | "unsafe-url") =>
    new Request(`${server.url}/x`, { referrer: "https://page.example/a?b", referrerPolicy });
  for (let warm = 0; warm < 2; warm++) {
    await auth.fetch(make("no-referrer"));
    await auth.fetch(make("unsafe-url"), {});
  }
  expect(server.requests.map(({ headers }) => headers["referer"])).toEqual([
    undefined,
    "https://page.example/a?b",
    undefined,
    "https://page.example/a?b",
  ]);
});

it("tells of a header that was withheld where the platform followed a redirect out of the origins", async () => {
  const [own, other] = await redirecting();
  const events: unknown[] = [];
  const auth = acmeAt(own.url)({
    ...token,
    onEvent: (event) => {
      if (event.type === "header.withheld") events.push([event.origin, event.reason]);
    },
  });
  await auth.fetch("/away");
  await auth.fetch("/near");
  expect(events).toEqual([[other.url, "foreign origin"]]);
});

describe("a fetch of another library", () => {
  /** As node-fetch is: it knows no Request of the platform's, and its bodies are streams of Node.js. */
  const nodeStreams = (async (input: unknown, init: RequestInit = {}) => {
    const response = await platform(new URL(input as string), init);
    const body = Readable.from([Buffer.from(await response.arrayBuffer())]);
    const { status, headers, url } = response;
    const text = async () => (await body.toArray()).join("");
    return {
      status,
      headers,
      url,
      type: "default",
      redirected: false,
      body,
      text,
      clone: () => new Response(Readable.toWeb(body) as never),
    };
  }) as unknown as typeof fetch;

  it.each(injections)(
    "whose bodies are Node streams follows redirects and is sent again after a 401, with %s",
    async (name, inject) => {
      const server = await serve(({ path, headers }) =>
        path === "/to"
          ? { status: 302, headers: { location: "/end" }, body: "moved" }
          : headers[name]?.includes("new")
            ? { body: "welcome" }
            : { status: 401, body: "no" },
      );
      let asked = 0;
      for (const classify of [undefined, () => ({})]) {
        asked = 0;
        const auth = acmeAt(server.url, { inject, ...(classify && { classify }) })({
          token: () => (asked++ === 0 ? "old" : "new"),
          fetch: nodeStreams,
        });
        expect(await (await auth.fetch("/to")).text()).toBe("welcome");
        expect(asked).toBe(2);
      }
    },
  );

  it.each<[string, typeof fetch]>([
    ["undici's", undiciFetch as unknown as typeof fetch],
    [
      "one around undici's",
      (input, init) =>
        undiciFetch(input as string, { ...init, dispatcher: new Agent({ pipelining: 0 }) } as never),
    ],
    ["one with Node streams", nodeStreams],
    ["one around the platform's", (input, init) => platform(input, init)],
  ])("is called with the platform's Request, as ky does: %s", async (name, fetch) => {
    const server = await serve(({ method, headers, body, url }) => ({
      body: { method, url, body, a: headers["x-a"], length: headers["content-length"] ?? "none" },
    }));
    for (const [injected, inject] of injections) {
      const auth = acmeAt(server.url, { inject })({ ...token, fetch });
      const init = { headers: { "x-a": "1" } };
      await auth.fetch(new Request(`${server.url}/get`, init));
      const sent = new Request(`${server.url}/post`, { ...init, method: "POST", body: "text" });
      const told = JSON.parse(await (await auth.fetch(sent)).text()) as Record<string, unknown>;
      expect(told).toMatchObject({ method: "POST", url: "/post", body: "text", a: "1" });
      expect(told["length"]).toBe(name === "one around the platform's" ? "4" : "none");
      expect(server.requests.at(-1)?.headers[injected]).toContain(canary);
    }
    expect(server.requests).toHaveLength(4);
  });

  it("is not asked twice where the network failed", async () => {
    let calls = 0;
    const auth = acmeAt("https://api.acme.example")({
      ...token,
      fetch: async (input) => {
        calls++;
        await (input as Request).text();
        throw new TypeError("fetch failed");
      },
    });
    const request = new Request("https://api.acme.example/x", { method: "POST", body: "text" });
    await expect(auth.fetch(request)).rejects.toThrow("fetch failed");
    expect(calls).toBe(1);
  });
});

describe("while the first token loads, what the platform does at once is done", () => {
  const late = () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    return { token: () => promise, give: () => resolve(canary) };
  };

  it("the body of a Request is taken", async () => {
    const server = await serve();
    for (const [, inject] of injections) {
      const { token: find, give } = late();
      const request = new Request(`${server.url}/x`, { method: "POST", body: "text" });
      const pending = acmeAt(server.url, { inject })({ token: find }).fetch(request);
      expect(request.bodyUsed).toBe(true);
      await expect(request.text()).rejects.toThrow(TypeError);
      give();
      await pending;
      expect(server.requests.at(-1)).toMatchObject({ body: "text", headers: { "content-length": "4" } });
    }
  });

  it("options that are none are told as such, also where the signal is aborted", async () => {
    const auth = acmeAt("https://api.acme.example")({ token: late().token });
    for (const init of [
      { method: "TRACE" },
      { method: "GET", body: "text" },
      { headers: { "x y": "1" } },
      { signal: new AbortController() as never },
    ]) {
      const signal = AbortSignal.abort(new Error("enough"));
      await expect(auth.fetch("/x", { signal, ...init })).rejects.toThrow(TypeError);
    }
  });

  it.each(["before", "while it waits"])(
    "the body of a call that is aborted %s is cancelled, with the caller's reason",
    async (when) => {
      const auth = acmeAt("https://api.acme.example")({ token: late().token });
      const stop = new AbortController();
      const reason = new Error("no longer needed");
      const cancelled = vi.fn();
      const body = new ReadableStream({ cancel: cancelled });
      if (when === "before") stop.abort(reason);
      const pending = auth.fetch("/x", { method: "POST", body, duplex: "half", signal: stop.signal });
      stop.abort(reason);
      await expect(pending).rejects.toBe(reason);
      expect(cancelled).toHaveBeenCalledWith(reason);
    },
  );

  it("the controller in place of its signal is a mistake that leaves no rejection unhandled", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const signal = new AbortController() as never;
    const mistaken = { ...token, fetch: () => Promise.resolve(new Response()) };
    for (const options of [token, mistaken, { token: () => Promise.reject(new Error("down")) }]) {
      const auth = acmeAt("https://api.acme.example")(options);
      await expect(auth.fetch("/x", { signal })).rejects.toThrow(TypeError);
      await expect(auth.token({ signal })).rejects.toMatchObject({ code: "AUTH_PROVIDER_INVALID" });
      await expect(auth.verify({ signal })).rejects.toMatchObject({ code: "AUTH_PROVIDER_INVALID" });
    }
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

it("keeps nothing of waiters that have given up", async () => {
  const auth = acmeAt("https://api.acme.example")({ token: () => new Promise<never>(() => undefined) });
  const collected = Promise.withResolvers<void>();
  const registry = new FinalizationRegistry(() => collected.resolve());
  await (async () => {
    const stop = new AbortController();
    const big = { of: "the caller" };
    registry.register(big, undefined);
    const pending = auth.token({ signal: stop.signal }).catch(() => big);
    stop.abort();
    await pending;
  })();
  const { setFlagsFromString } = await import("node:v8");
  setFlagsFromString("--expose-gc");
  const gc = (await import("node:vm")).runInNewContext("gc") as () => void;
  for (let round = 0; round < 10; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  }
  await expect(collected.promise).resolves.toBeUndefined();
});
