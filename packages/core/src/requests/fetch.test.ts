import { fetch as undiciFetch, Request as UndiciRequest } from "undici";
import { describe, expect, it, vi } from "vitest";

import { acmeAt, canary, serve } from "../fixtures/acme.ts";
import { bearer, found, header, isAuthError, type SourceContext } from "../index.ts";

const token = { token: canary };

describe("the header", () => {
  it("goes on a request to the provider's origin, by relative and by absolute address", async () => {
    const server = await serve();
    const auth = acmeAt(`${server.url}/v1/`)(token);
    for (const input of [
      "/a",
      "b",
      `${server.url}/c`,
      new URL("/d", server.url),
      new Request(`${server.url}/e`),
    ]) {
      await auth.fetch(input);
    }
    expect(server.requests.map(({ url }) => url)).toEqual(["/v1/a", "/v1/b", "/c", "/d", "/e"]);
    expect(new Set(server.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set([`Bearer ${canary}`]),
    );
  });

  it("does not go to any other origin: the request is sent bare", async () => {
    const [own, foreign] = [await serve(), await serve()];
    const auth = acmeAt(own.url)(token);
    const response = await auth.fetch(`${foreign.url}/x`, { headers: { "x-other": "kept" } });
    expect(response.status).toBe(200);
    expect(foreign.requests[0]?.headers).not.toHaveProperty("authorization");
    expect(foreign.requests[0]?.headers["x-other"]).toBe("kept");
  });

  it("is not looked for where it is not needed", async () => {
    const [own, foreign] = [await serve(), await serve()];
    const find = vi.fn(() => canary);
    const auth = acmeAt(own.url)({ token: find });
    await auth.fetch(foreign.url);
    await auth.fetch("/x", { headers: { Authorization: "Bearer mine" } });
    expect(find).not.toHaveBeenCalled();
  });

  it.each([
    ["an object", { AUTHORIZATION: "Bearer mine" }],
    ["a list", [["Authorization", "Bearer mine"]] as [string, string][]],
    ["Headers", new Headers({ authorization: "Bearer mine" })],
    ["an iterator", new Map([["authorization", "Bearer mine"]]).entries() as never],
  ])("that the caller set wins, in %s", async (_, headers) => {
    const server = await serve();
    await acmeAt(server.url)(token).fetch("/x", { headers });
    expect(server.requests[0]?.headers.authorization).toBe("Bearer mine");
  });

  it.each([
    ["an object", { "x-a": "1" }],
    ["a list", [["x-a", "1"]] as [string, string][]],
    ["Headers", new Headers({ "x-a": "1" })],
    ["an iterator", new Map([["x-a", "1"]]).entries() as never],
  ])("joins the caller's own, given as %s, which are not changed", async (_, headers) => {
    const server = await serve();
    const init = Object.freeze({ method: "POST", body: "text", headers });
    const before = headers instanceof Headers ? [...headers] : JSON.stringify(headers);
    await acmeAt(server.url)(token).fetch("/x", init);
    expect(headers instanceof Headers ? [...headers] : JSON.stringify(headers)).toEqual(before);
    expect(server.requests[0]).toMatchObject({
      method: "POST",
      body: "text",
      headers: { "x-a": "1", authorization: `Bearer ${canary}` },
    });
  });

  it("that a Request has set wins, and a Request that came in is not changed", async () => {
    const server = await serve();
    const auth = acmeAt(server.url)(token);
    await auth.fetch(new Request(`${server.url}/x`, { headers: { authorization: "Bearer mine" } }));
    const request = new Request(`${server.url}/x`, { method: "POST", body: "text", headers: { "x-a": "1" } });
    await auth.fetch(request);
    expect([...request.headers.keys()]).not.toContain("authorization");
    expect(server.requests.map(({ headers, body }) => [headers.authorization, headers["x-a"], body])).toEqual(
      [
        ["Bearer mine", undefined, ""],
        [`Bearer ${canary}`, "1", "text"],
      ],
    );
  });

  it("is one that the provider names", async () => {
    const server = await serve();
    await acmeAt(server.url, { inject: header("X-API-Key") })(token).fetch("/x");
    expect(server.requests[0]?.headers["x-api-key"]).toBe(canary);
    expect(server.requests[0]?.headers).not.toHaveProperty("authorization");
  });

  it("goes to each of several origins", async () => {
    const [first, second] = [await serve(), await serve()];
    const auth = acmeAt(first.url, { origins: [first.url, second.url] })(token);
    await auth.fetch(`${second.url}/x`);
    expect(second.requests[0]?.headers.authorization).toBe(`Bearer ${canary}`);
  });
});

describe("after a 401", () => {
  const accepting = (good: string) =>
    serve(({ headers }) =>
      headers.authorization === `Bearer ${good}` ? { body: "welcome" } : { status: 401, body: "no" },
    );
  const giving = (...tokens: string[]) => {
    let next = 0;
    return vi.fn<(context: SourceContext) => string | undefined>(
      () => tokens[Math.min(next++, tokens.length - 1)],
    );
  };

  it("the sources are asked again, and a different token is sent once", async () => {
    const server = await accepting("new");
    const find = giving("old", "new");
    const response = await acmeAt(server.url)({ token: find }).fetch("/x", { method: "POST", body: "text" });
    expect(await response.text()).toBe("welcome");
    expect(server.requests.map(({ headers, body }) => [headers.authorization, body])).toEqual([
      ["Bearer old", "text"],
      ["Bearer new", "text"],
    ]);
    expect(find.mock.calls.map(([{ reason }]) => reason)).toEqual(["initial", "rejected"]);
  });

  it("the same token is not sent again, and the answer comes back untouched", async () => {
    const server = await accepting("other");
    const response = await acmeAt(server.url)(token).fetch("/x");
    expect([response.status, await response.text()]).toEqual([401, "no"]);
    expect(server.requests).toHaveLength(1);
  });

  it("a second refusal is the answer", async () => {
    const server = await accepting("third");
    const response = await acmeAt(server.url)({ token: giving("first", "second", "third") }).fetch("/x");
    expect(response.status).toBe(401);
    expect(server.requests).toHaveLength(2);
  });

  it("a body that can be read only once is not sent again, but the next request has the new token", async () => {
    const server = await accepting("new");
    const auth = acmeAt(server.url)({ token: giving("old", "new") });
    const body = new Blob(["text"]).stream();
    const response = await auth.fetch("/x", { method: "POST", body, duplex: "half" });
    expect([response.status, await response.text()]).toEqual([401, "no"]);
    const asked = await auth.fetch(new Request(`${server.url}/x`, { method: "POST", body: "text" }));
    expect(await asked.text()).toBe("welcome");
  });

  it("a Request without a body is sent again", async () => {
    const server = await accepting("new");
    const response = await acmeAt(server.url)({ token: giving("old", "new") }).fetch(
      new Request(`${server.url}/x`),
    );
    expect(await response.text()).toBe("welcome");
  });

  it("a burst of refusals of one token causes one search, and everybody is served", async () => {
    const server = await accepting("new");
    const find = giving("old", "new");
    const auth = acmeAt(server.url)({ token: find });
    const responses = await Promise.all(Array.from({ length: 200 }, (_, index) => auth.fetch(`/${index}`)));
    expect(responses.every(({ status }) => status === 200)).toBe(true);
    expect(find).toHaveBeenCalledTimes(2);
  });

  it("a search that fails leaves the service's own answer", async () => {
    const server = await accepting("new");
    let asked = 0;
    const auth = acmeAt(server.url)({
      token() {
        if (asked++ > 0) throw new Error("the vault is sealed");
        return "old";
      },
    });
    const response = await auth.fetch("/x");
    expect([response.status, await response.text()]).toEqual([401, "no"]);
  });

  it("a 403 asks nobody", async () => {
    const server = await serve(() => ({ status: 403 }));
    const find = giving("a", "b");
    expect((await acmeAt(server.url)({ token: find }).fetch("/x")).status).toBe(403);
    expect(find).toHaveBeenCalledOnce();
  });

  it("a foreign origin's refusal says nothing about the token", async () => {
    const [own, foreign] = [await serve(), await serve(() => ({ status: 401 }))];
    const find = giving("a", "b");
    const auth = acmeAt(own.url)({ token: find });
    await auth.fetch("/x");
    expect((await auth.fetch(foreign.url)).status).toBe(401);
    expect(find).toHaveBeenCalledOnce();
  });

  it("an answer that cannot be read leaves the token as it is, and the caller does not wait for its end", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const find = giving("a", "b");
      const endless = (): Promise<Response> =>
        Promise.resolve(
          new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }), { status: 401 }),
        );
      const auth = acmeAt("https://api.acme.example", { classify: () => ({}) })({
        token: find,
        fetch: endless,
      });
      const pending = auth.fetch("/x");
      await vi.advanceTimersByTimeAsync(2_000);
      expect((await pending).status).toBe(401);
      expect(find).toHaveBeenCalledOnce();
      const long = acmeAt("https://api.acme.example", { classify: () => ({}) })({
        token: find,
        fetch: () => Promise.resolve(new Response("x".repeat(70_000), { status: 401 })),
      });
      expect((await (await long.fetch("/x")).text()).length).toBe(70_000);
    } finally {
      vi.useRealTimers();
    }
  });

  it("the caller may give up while the answer is read, also where its sender does not listen", async () => {
    const stop = new AbortController();
    const pull = (): Promise<never> => {
      stop.abort(new Error("enough"));
      return new Promise(() => undefined);
    };
    const endless = new ReadableStream({ pull }, { highWaterMark: 0 });
    const auth = acmeAt("https://api.acme.example", { classify: () => ({}) })({
      token: giving("a", "b"),
      fetch: () => Promise.resolve(new Response(endless, { status: 401 })),
    });
    await expect(auth.fetch("/x", { signal: stop.signal })).rejects.toThrow("enough");
  });

  it("an answer that cannot be put away is not waited for", async () => {
    const stuck = new ReadableStream({ cancel: () => new Promise(() => undefined) });
    const answers = [new Response(stuck, { status: 401 }), new Response("welcome")];
    const auth = acmeAt("https://api.acme.example")({
      token: giving("old", "new"),
      fetch: () => Promise.resolve(answers.shift() ?? Response.error()),
    });
    expect(await (await auth.fetch("/x")).text()).toBe("welcome");
  });

  it("a body that can only be piped is not sent again", async () => {
    const sent: unknown[] = [];
    const auth = acmeAt("https://api.acme.example")({
      token: giving("old", "new"),
      fetch: (_, init) => {
        sent.push(init?.body);
        return Promise.resolve(new Response(null, { status: 401 }));
      },
    });
    const body = { pipe: () => undefined } as unknown as string;
    expect((await auth.fetch("/x", { method: "POST", body })).status).toBe(401);
    expect(sent).toEqual([body]);
  });

  it("a Request for reading is sent again where the platform does not tell whether it has a body", async () => {
    const server = await accepting("new");
    const auth = acmeAt(server.url)({ token: giving("old", "new") });
    const request = Object.defineProperty(new Request(`${server.url}/x`), "body", { value: undefined });
    expect((await auth.fetch(request)).status).toBe(200);
  });

  it("a provider that trips over the answer is as good as one that knows nothing of it", async () => {
    const server = await accepting("new");
    const classify = (): never => {
      throw new TypeError("Cannot read properties of undefined");
    };
    const auth = acmeAt(server.url, { classify })({ token: giving("old", "new") });
    expect((await auth.fetch("/x")).status).toBe(200);
    await expect(acmeAt(server.url, { classify })({ token: "old" }).verify()).rejects.toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
    });
  });

  it("the provider may know that it means something else: the token is kept and nothing is sent again", async () => {
    const server = await serve(() => ({ status: 401, body: { error: { type: "PermissionDenied" } } }));
    const find = giving("a", "b");
    const auth = acmeAt(server.url, {
      classify: ({ body }) =>
        JSON.stringify(body).includes("PermissionDenied") ? { code: "AUTH_PERMISSION_DENIED" } : {},
    })({ token: find });
    const response = await auth.fetch("/x");
    expect(await response.json()).toEqual({ error: { type: "PermissionDenied" } });
    await auth.fetch("/x");
    expect(find).toHaveBeenCalledOnce();
    expect(server.requests).toHaveLength(2);
  });
});

describe("a 401 that is a page of HTML, of something in front of the service", () => {
  it.each<[string, Parameters<typeof acmeAt>[1]]>([
    ["of a provider that reads refusals", { classify: () => ({}) }],
    ["of one that does not", {}],
  ])("comes back as it is, and the token is kept: %s", async (_, setup) => {
    const server = await serve(() => ({
      status: 401,
      headers: { "content-type": "text/html" },
      body: "<html><head><title>401 Authorization Required</title></head></html>",
    }));
    let asked = 0;
    const find = vi.fn<() => string>(() => `token-${asked++}`);
    const auth = acmeAt(server.url, setup)({ token: find });
    expect(await (await auth.fetch("/x")).text()).toContain("401 Authorization Required");
    await auth.fetch("/x");
    expect(find).toHaveBeenCalledOnce();
    expect(server.requests).toHaveLength(2);
  });
});

describe("what is judged is what is sent", () => {
  it.each([
    [
      "says another URL each time",
      (a: string, b: string) => ({
        toString: (() => {
          let n = 0;
          return () => (n++ === 0 ? a : b);
        })(),
      }),
    ],
    [
      "looks like a Request and becomes another URL",
      (a: string, b: string) => ({ url: a, toString: () => b }),
    ],
    ["is a URL with a member of a Request", (a: string, b: string) => Object.assign(new URL(b), { url: a })],
  ])("for an object that %s", async (_, make) => {
    const [own, foreign] = [await serve(), await serve()];
    const auth = acmeAt(own.url)(token);
    for (let warm = 0; warm < 2; warm++)
      await auth.fetch(make(own.url, foreign.url) as never).catch(() => undefined);
    expect(JSON.stringify(foreign.requests)).not.toContain(canary);
  });

  it("for options that inherit their members, such as a Request", async () => {
    const server = await serve();
    const auth = acmeAt(server.url)(token);
    await auth.fetch("/a", new Request(server.url, { method: "PUT", headers: { "x-a": "1" } }));
    await auth.fetch("/b", Object.create({ method: "POST", body: "text" }) as RequestInit);
    expect(
      server.requests.map(({ method, headers, body }) => [
        method,
        headers["x-a"],
        headers.authorization,
        body,
      ]),
    ).toEqual([
      ["PUT", "1", `Bearer ${canary}`, ""],
      ["POST", undefined, `Bearer ${canary}`, "text"],
    ]);
  });

  it("for options that have other headers each time they are asked", async () => {
    const server = await serve();
    const auth = acmeAt(server.url)(token);
    await auth.token();
    const answers: Record<string, string>[] = [{ "x-a": "1" }];
    const options = {
      get headers(): Record<string, string> {
        return answers.shift() ?? { authorization: "Bearer mine" };
      },
    };
    await auth.fetch("/x", options);
    expect(server.requests[0]?.headers).toMatchObject({ "x-a": "1", authorization: `Bearer ${canary}` });
  });

  it("for a Request of the library whose fetch is used", async () => {
    const [own, foreign] = [await serve(), await serve()];
    const auth = acmeAt(own.url)({ ...token, fetch: undiciFetch as unknown as typeof fetch });
    for (const { url } of [own, foreign]) {
      const request = new UndiciRequest(`${url}/x`, { method: "PUT", body: "text", headers: { "x-a": "1" } });
      await auth.fetch(request);
    }
    expect(own.requests[0]).toMatchObject({
      url: "/x",
      method: "PUT",
      body: "text",
      headers: { "x-a": "1", authorization: `Bearer ${canary}` },
    });
    expect(foreign.requests[0]?.headers).not.toHaveProperty("authorization");
  });

  it("for what is no URL: nothing is sent, and no header is given", async () => {
    const server = await serve();
    const auth = acmeAt(server.url)(token);
    const foreign = new Request("https://evil.example/x");
    for (const input of [{ url: server.url }, [{}], "[object Request]"]) {
      await expect(auth.fetch(input as never)).rejects.toThrow(TypeError);
    }
    await expect(auth.headers(foreign as never)).rejects.toThrow(TypeError);
    expect(server.requests).toEqual([]);
  });

  it("for an allow-list that nobody can add to", async () => {
    const auth = acmeAt("https://api.acme.example")(token);
    expect(() => (auth.origins as string[]).push("https://evil.example")).toThrow(TypeError);
    expect(await auth.headers("https://evil.example/x")).toEqual({});
  });
});

describe("while the token is waited for", () => {
  const late = (): { token: () => Promise<string>; give: () => void } => {
    const { promise, resolve } = Promise.withResolvers<string>();
    return { token: () => promise, give: () => resolve(canary) };
  };

  it("a URL object that is changed leads nowhere else", async () => {
    const [own, foreign] = [await serve(), await serve()];
    const { token: find, give } = late();
    const url = new URL(`${own.url}/x`);
    const pending = acmeAt(own.url)({ token: find }).fetch(url);
    url.port = new URL(foreign.url).port;
    give();
    await pending;
    expect([own.requests.length, foreign.requests.length]).toEqual([1, 0]);
  });

  it("options that are used for the next request already are as they were", async () => {
    const server = await serve();
    const { token: find, give } = late();
    const init = { method: "POST", body: "first", headers: new Headers({ "x-a": "first" }) };
    const pending = acmeAt(server.url)({ token: find }).fetch("/x", init);
    init.body = "second";
    init.headers.set("x-a", "second");
    give();
    await pending;
    expect(server.requests[0]).toMatchObject({ body: "first", headers: { "x-a": "first" } });
  });
});

describe("the signal null", () => {
  /** A Request whose own signal goes off as soon as it is sent. */
  const stopped = async (status: number, headers: Record<string, string> = {}) => {
    const stop = new AbortController();
    const server = await serve(({ url }) => {
      stop.abort();
      return url === "/x" ? { status, headers } : {};
    });
    return { stop, server, request: new Request(`${server.url}/x`, { signal: stop.signal }) };
  };

  it.each([
    ["as it is", { signal: null }],
    ["inherited", Object.create({ signal: null }) as RequestInit],
  ])("stands for none while the token is waited for, %s", async (_, init) => {
    const { stop, server, request } = await stopped(200);
    const { promise, resolve } = Promise.withResolvers<string>();
    const pending = acmeAt(server.url)({ token: () => promise }).fetch(request, init);
    stop.abort();
    resolve(canary);
    expect((await pending).status).toBe(200);
  });

  it("stands for none while the sources are asked again", async () => {
    const { server, request } = await stopped(401);
    let asked = 0;
    const auth = acmeAt(server.url)({ token: () => `token-${asked++}` });
    expect((await auth.fetch(request, { signal: null })).status).toBe(401);
    expect(server.requests).toHaveLength(2);
  });

  it("stands for none on the hops of a redirect", async () => {
    const { server, request } = await stopped(302, { location: "/y" });
    const auth = acmeAt(server.url, { inject: header("x-api-key") })(token);
    expect((await auth.fetch(request, { signal: null })).status).toBe(200);
  });
});

describe("no token", () => {
  it("means no request: the reason comes instead", async () => {
    const server = await serve();
    const error = await acmeAt(server.url)({ env: {} })
      .fetch("/x")
      .catch((reason: unknown) => reason);
    expect(isAuthError(error, "AUTH_TOKEN_NOT_FOUND")).toBe(true);
    expect(server.requests).toHaveLength(0);
  });

  it("because of a broken source never becomes an anonymous request", async () => {
    const server = await serve();
    const auth = acmeAt(server.url)({
      token() {
        throw new Error("the vault is sealed");
      },
      env: { ACME_TOKEN: "other identity" },
    });
    await expect(auth.fetch("/x")).rejects.toMatchObject({ code: "AUTH_TOKEN_SOURCE_FAILED" });
    expect(server.requests).toHaveLength(0);
  });

  it("comes back as a rejection, also where the options are broken", async () => {
    const auth = acmeAt("http://acme.example")(token);
    await expect(auth.fetch("/x")).rejects.toMatchObject({ code: "AUTH_PROVIDER_INVALID" });
  });
});

describe("it is a fetch", () => {
  it("that can be passed around", async () => {
    const server = await serve();
    const { fetch } = acmeAt(server.url)(token);
    expect((await fetch("/x")).status).toBe(200);
  });

  it("that keeps the platform's own errors", async () => {
    const server = await serve();
    const auth = acmeAt(server.url)(token);
    await server.close();
    await expect(auth.fetch("/x")).rejects.toThrow(TypeError);
    await expect(auth.fetch("https://")).rejects.toThrow(TypeError);
  });

  it("that stops with the caller's own reason: before, while waiting for the token, and after", async () => {
    const server = await serve(() => ({ delayMs: 60_000 }));
    const reason = new Error("no longer needed");
    const slow = acmeAt(server.url)({ token: () => new Promise<never>(() => undefined) });
    await expect(slow.fetch("/x", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const waiting = new AbortController();
    const pending = slow.fetch(new Request(`${server.url}/x`, { signal: waiting.signal }));
    waiting.abort(reason);
    await expect(pending).rejects.toBe(reason);
    expect(server.requests).toHaveLength(0);

    const sent = new AbortController();
    const sending = acmeAt(server.url)(token).fetch("/x", { signal: sent.signal });
    await vi.waitFor(() => expect(server.requests).toHaveLength(1));
    sent.abort(reason);
    await expect(sending).rejects.toBe(reason);
  });

  it("over the caller's own fetch, where one is given", async () => {
    const seen: unknown[] = [];
    const auth = acmeAt("https://api.acme.example")({
      ...token,
      fetch: (input, init) => {
        seen.push(input, new Headers(init?.headers).get("authorization"));
        return Promise.resolve(new Response("own"));
      },
    });
    expect(await (await auth.fetch("/x")).text()).toBe("own");
    expect(seen).toEqual(["https://api.acme.example/x", `Bearer ${canary}`]);
  });
});

it("serves two auths side by side without ever crossing their tokens", async () => {
  const server = await serve();
  const [ada, bob] = [acmeAt(server.url)({ token: "token-ada" }), acmeAt(server.url)({ token: "token-bob" })];
  await Promise.all(
    Array.from({ length: 500 }, (_, index) => [
      ada.fetch(`/ada/${index}`),
      bob.fetch(`/bob/${index}`),
    ]).flat(),
  );
  expect(server.requests).toHaveLength(1_000);
  for (const { path, headers } of server.requests) {
    expect(headers.authorization).toBe(`Bearer token-${path.split("/")[1]}`);
  }
});

it("loads once for callers who come together", async () => {
  const server = await serve();
  const find = vi.fn(async () => found(canary));
  const auth = acmeAt(server.url, { inject: bearer() })({ token: find });
  await Promise.all([auth.fetch("/a"), auth.fetch("/b"), auth.token(), auth.headers("/c")]);
  expect(find).toHaveBeenCalledOnce();
});
