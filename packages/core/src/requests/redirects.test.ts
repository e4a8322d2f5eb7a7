import type { LoopbackServer } from "@auth/testing";
import { describe, expect, it } from "vitest";

import { acmeAt, canary, serve } from "../fixtures/acme.ts";
import { bearer, header, type HeaderInjection } from "../index.ts";

/** Two origins; `/to/<status>?<url>` redirects, anything else answers 200. */
async function origins(): Promise<[LoopbackServer, LoopbackServer]> {
  const redirecting = () =>
    serve(({ path, url }) => {
      const status = Number(/^\/to\/(\d+)$/.exec(path)?.[1]);
      if (Number.isNaN(status)) return { body: "arrived" };
      return { status, headers: { location: decodeURIComponent(url.slice(url.indexOf("?") + 1)) } };
    });
  return [await redirecting(), await redirecting()];
}

const to = (status: number, target: string): string => `/to/${status}?${encodeURIComponent(target)}`;
const carriers: [string, HeaderInjection][] = [
  ["authorization", bearer()],
  ["x-api-key", header("x-api-key")],
  ["cookie", header("cookie", (token) => `session=${token}`)],
];
const statuses = [301, 302, 303, 307, 308];
const leaks = (server: LoopbackServer): boolean => JSON.stringify(server.requests).includes(canary);

describe.each(carriers)("a token in %s", (name, inject) => {
  it.each(statuses)("does not follow a %i to another origin, and is on the hop before", async (status) => {
    const [own, foreign] = await origins();
    const response = await acmeAt(own.url, { inject })({ token: canary }).fetch(
      to(status, `${foreign.url}/x`),
    );
    expect([response.status, response.redirected, response.url]).toEqual([200, true, `${foreign.url}/x`]);
    expect(leaks(foreign)).toBe(false);
    expect(own.requests[0]?.headers[name]).toContain(canary);
  });

  it.each(statuses)("follows a %i on its own origin", async (status) => {
    const [own] = await origins();
    const response = await acmeAt(own.url, { inject })({ token: canary }).fetch(to(status, "/x"));
    expect([response.status, response.redirected, await response.text()]).toEqual([200, true, "arrived"]);
    expect(own.requests[1]?.headers[name]).toContain(canary);
  });

  it("follows to another origin of the provider's", async () => {
    const [own, second] = await origins();
    const auth = acmeAt(own.url, { inject, origins: [own.url, second.url] })({ token: canary });
    const response = await auth.fetch(to(307, `${second.url}/x`), { method: "POST", body: "text" });
    expect([response.status, response.redirected, response.url]).toEqual([200, true, `${second.url}/x`]);
    expect(second.requests[0]).toMatchObject({ method: "POST", body: "text" });
    expect(second.requests[0]?.headers[name]).toContain(canary);
  });

  it("does not come back when the chain returns from a foreign origin", async () => {
    const [own, foreign] = await origins();
    const back = `${foreign.url}${to(302, `${own.url}/x`)}`;
    const response = await acmeAt(own.url, { inject })({ token: canary }).fetch(to(302, back));
    expect(response.url).toBe(`${own.url}/x`);
    expect(leaks(foreign)).toBe(false);
    expect(own.requests[1]?.headers).not.toHaveProperty(name);
  });

  it("is not added when a foreign origin redirects here", async () => {
    const [own, foreign] = await origins();
    const response = await acmeAt(own.url, { inject })({ token: canary }).fetch(
      `${foreign.url}${to(302, `${own.url}/x`)}`,
    );
    expect(response.status).toBe(200);
    expect(leaks(own)).toBe(false);
  });

  it("stays behind on another port, scheme or name of the same machine", async () => {
    const [own, foreign] = await origins();
    const port = new URL(foreign.url).port;
    const auth = acmeAt(own.url, { inject })({ token: canary });
    await auth.fetch(to(302, `http://localhost:${port}/x`));
    expect(leaks(foreign)).toBe(false);
    expect(foreign.requests).toHaveLength(1);
  });

  it.each(["error", "manual"] as const)("goes on one hop only in the mode %s", async (redirect) => {
    const [own, foreign] = await origins();
    const auth = acmeAt(own.url, { inject })({ token: canary });
    const outcome = await auth.fetch(to(302, foreign.url), { redirect }).then(
      (response) => response.status,
      (error: unknown) => (error instanceof TypeError ? "refused" : error),
    );
    expect(outcome).toBe(redirect === "error" ? "refused" : 302);
    expect(foreign.requests).toHaveLength(0);
    const request = new Request(`${own.url}${to(302, foreign.url)}`, { redirect: "manual" });
    expect((await auth.fetch(request)).status).toBe(302);
  });
});

/** What the platform does is what the caller gets, where the hops are decided here. */
describe("a redirect that is followed here", () => {
  const both = async (input: (own: LoopbackServer, other: LoopbackServer) => string, init?: RequestInit) => {
    const seen: unknown[] = [];
    for (const authorized of [false, true]) {
      const [own, other] = await origins();
      const send = authorized
        ? acmeAt(own.url, { inject: header("x-api-key") })({ token: canary }).fetch
        : fetch;
      const outcome = await send(new URL(input(own, other), own.url), init).then(
        async (response) => [
          response.status,
          response.redirected,
          new URL(response.url).hash,
          await response.text(),
        ],
        (error: unknown) => (error instanceof TypeError ? "TypeError" : String(error)),
      );
      const requests = [...own.requests, ...other.requests].map(({ method, path, headers, body }) => {
        const { "content-type": type, "content-length": length, authorization, cookie, "x-a": a } = headers;
        return { method, path, type, length, authorization, cookie, a, body };
      });
      seen.push({ outcome, requests });
    }
    return seen;
  };

  it.each(
    statuses.flatMap((status) =>
      ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"].map((method) => [status, method] as const),
    ),
  )("changes the method and body as the platform does: %i of a %s", async (status, method) => {
    const body = method === "GET" || method === "HEAD" ? {} : { body: "text" };
    const [platform, own] = await both((_, other) => to(status, `${other.url}/x`), {
      method,
      headers: { "x-a": "1", "content-type": "text/x" },
      ...body,
    });
    expect(own).toEqual(platform);
  });

  it.each([
    [
      "the caller's own credentials stay behind",
      (_: LoopbackServer, other: LoopbackServer) => to(302, `${other.url}/x`),
    ],
    ["or go along on the same origin", () => to(302, "/x")],
    ["a fragment is kept", () => `${to(302, "/x")}#part`],
    ["unless the redirect has its own", () => `${to(302, "/x#other")}#part`],
    ["an address that is none ends it", () => to(302, "http://")],
    ["another scheme ends it", () => to(302, "data:text/plain,x")],
    ["twenty hops are too many", () => to(302, "")],
  ])("is the platform's: %s", async (_, input) => {
    const [platform, own] = await both(input, { headers: { cookie: "a=1", authorization: "Bearer mine" } });
    expect(own).toEqual(platform);
  });

  it("ends where the body was a stream and is asked for again", async () => {
    const [own, other] = await origins();
    const auth = acmeAt(own.url, { inject: header("x-api-key") })({ token: canary });
    const request = new Request(`${own.url}${to(307, `${other.url}/x`)}`, { method: "POST", body: "text" });
    await expect(auth.fetch(request)).rejects.toThrow(TypeError);
    expect(other.requests).toHaveLength(0);
  });

  it("is left to the caller who wants to see it, also after a refused token was replaced", async () => {
    const server = await serve(({ headers }) =>
      headers["x-api-key"] === "new" ? { status: 302, headers: { location: "/x" } } : { status: 401 },
    );
    let asked = 0;
    const auth = acmeAt(server.url, { inject: header("x-api-key") })({
      token: () => (asked++ === 0 ? "old" : "new"),
    });
    expect((await auth.fetch("/", { redirect: "manual" })).status).toBe(302);
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    [
      "an asynchronous iterable",
      () =>
        (async function* () {
          yield Buffer.from("text");
        })(),
    ],
    ["a stream", () => new Blob(["text"]).stream()],
  ])("ends where the body can be read only once: %s", async (_, body) => {
    const [own, other] = await origins();
    const auth = acmeAt(own.url, { inject: header("x-api-key") })({ token: canary });
    const init = { method: "POST", body: body(), duplex: "half" } as RequestInit;
    await expect(auth.fetch(to(307, `${other.url}/x`), init)).rejects.toThrow(TypeError);
    expect(other.requests).toHaveLength(0);
  });

  it("ends in a 401 that says nothing of the token, where the last hop went without it", async () => {
    const foreign = await serve(() => ({ status: 302, headers: { location: `${own.url}/end` } }));
    const own: LoopbackServer = await serve(({ path }) =>
      path === "/end" ? { status: 401 } : { status: 302, headers: { location: foreign.url } },
    );
    let asked = 0;
    const auth = acmeAt(own.url, { inject: header("x-api-key") })({ token: () => `token-${asked++}` });
    expect((await auth.fetch("/")).status).toBe(401);
    expect(asked).toBe(1);
  });

  it("leads to where the platform would go, whatever the bytes of its address", async () => {
    const target = Buffer.from("/ü?q=€").toString("latin1");
    const server = await serve(({ url }) =>
      url === "/x" ? { status: 302, headers: { location: target } } : { body: url },
    );
    const auth = acmeAt(server.url, { inject: header("x-api-key") })({ token: canary });
    const [ours, platform] = await Promise.all([auth.fetch("/x"), fetch(`${server.url}/x`)]);
    expect([ours.url, await ours.text()]).toEqual([platform.url, await platform.text()]);
  });

  it("keeps a method of the caller's own as it is written", async () => {
    const methods: (string | undefined)[] = [];
    const auth = acmeAt("https://api.acme.example")({
      token: canary,
      fetch: (_, init) => {
        const first = methods.push(init?.method) === 1;
        return Promise.resolve(new Response(null, first ? { status: 307, headers: { location: "/y" } } : {}));
      },
    });
    await auth.fetch("/x", { method: "patch" });
    expect(methods).toEqual(["patch", "patch"]);
  });

  it("does not wait for an answer that cannot be put away", async () => {
    const stuck = new ReadableStream({ cancel: () => new Promise(() => undefined) });
    const answers = [
      new Response(stuck, { status: 302, headers: { location: "/y" } }),
      new Response("welcome"),
    ];
    const auth = acmeAt("https://api.acme.example")({
      token: canary,
      fetch: () => Promise.resolve(answers.shift() ?? Response.error()),
    });
    expect(await (await auth.fetch("/x")).text()).toBe("welcome");
  });

  it("without a place to go is an answer like any other", async () => {
    const server = await serve(() => ({ status: 302, body: "nowhere" }));
    const response = await acmeAt(server.url, { inject: header("x-api-key") })({ token: canary }).fetch("/x");
    expect([response.status, response.redirected, await response.text()]).toEqual([302, false, "nowhere"]);
  });

  it("is decided here too where the caller brings a fetch that strips nothing", async () => {
    const [own, foreign] = await origins();
    const seen: (string | null)[] = [];
    const auth = acmeAt(own.url)({
      token: canary,
      fetch: (input, init) => {
        seen.push(new Headers(init?.headers).get("authorization"));
        return fetch(input, init);
      },
    });
    await auth.fetch(to(302, `${foreign.url}/x`));
    expect(seen).toEqual([`Bearer ${canary}`, null]);
  });
});
