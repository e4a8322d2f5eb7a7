// Several headers: one of several forms by the token, and fixed ones beside it; by every way to send a request.
import { Agent, interceptors, request } from "undici";
import { describe, expect, it } from "vitest";

import { authInterceptor } from "./undici/interceptor.ts";
import { acmeAt, canary, serve } from "../fixtures/acme.ts";
import { type Auth, bearer, header, oneOf, type ProviderSetup, type Identity } from "../index.ts";

type Sent = Record<string, string | string[] | undefined>;
type Send = (auth: Auth, url: string, headers?: Record<string, string>) => Promise<unknown>;

const ways: [string, Send][] = [
  ["auth.fetch", async (auth, url, headers) => (await auth.fetch(url, headers && { headers })).text()],
  [
    "auth.fetch with Headers",
    async (auth, url, headers) => (await auth.fetch(url, { headers: new Headers(headers) })).text(),
  ],
  [
    "auth.fetch with a Request",
    async (auth, url, headers) => (await auth.fetch(new Request(url, headers && { headers }))).text(),
  ],
  [
    "authInterceptor",
    async (auth, url, headers) => {
      const dispatcher = new Agent().compose(
        interceptors.redirect({ maxRedirections: 3 }),
        authInterceptor(auth),
      );
      await (await request(url, { dispatcher, ...(headers && { headers }) })).body.text();
      await dispatcher.close();
    },
  ],
  [
    "authInterceptor with a list",
    async (auth, url, headers) => {
      const dispatcher = new Agent().compose(
        authInterceptor(auth),
        interceptors.redirect({ maxRedirections: 3 }),
      );
      await (await request(url, { dispatcher, headers: Object.entries(headers ?? {}).flat() })).body.text();
      await dispatcher.close();
    },
  ],
];

/** A service with two kinds of tokens, a version and features. */
const setup: Partial<ProviderSetup<Identity>> = {
  headers: { "Acme-Version": "2026-11-01" },
  inject: oneOf(
    {
      key: header("x-api-key", { with: { "acme-beta": "keys" } }),
      oauth: bearer({ with: { "Acme-Beta": "oauth, tools" } }),
    },
    (token) => (token.reveal().startsWith("oat-") ? "oauth" : "key"),
  ),
};

function carried({
  "x-api-key": key,
  authorization,
  "acme-version": version,
  "acme-beta": beta,
}: Sent): Sent {
  return { key, authorization, version, beta };
}

describe.each(ways)("%s", (_, send) => {
  it("sends the form that the token picks, and the fixed headers with it", async () => {
    const server = await serve();
    for (const token of [canary, `oat-${canary}`]) {
      const auth = acmeAt(server.url, setup)({ token });
      for (let warm = 0; warm < 2; warm++) await send(auth, server.url);
    }
    const key = { key: canary, authorization: undefined, version: "2026-11-01", beta: "keys" };
    const oauth = {
      key: undefined,
      authorization: `Bearer oat-${canary}`,
      version: "2026-11-01",
      beta: "oauth, tools",
    };
    expect(server.requests.map(({ headers }) => carried(headers))).toEqual([key, key, oauth, oauth]);
  });

  it("lets the caller's own fixed header win, in any case, and joins the caller's own list", async () => {
    const server = await serve();
    const auth = acmeAt(server.url, setup)({ token: `oat-${canary}` });
    const own = Object.freeze({ "ACME-VERSION": "2027-01-01", "acme-BETA": "tools, batches" });
    for (let warm = 0; warm < 2; warm++) await send(auth, server.url, own);
    expect(own).toEqual({ "ACME-VERSION": "2027-01-01", "acme-BETA": "tools, batches" });
    for (const { headers } of server.requests)
      expect(carried(headers)).toMatchObject({ version: "2027-01-01", beta: "tools, batches, oauth" });
  });

  it.each(["x-api-key", "X-Api-Key", "Authorization"])(
    "lets the caller's own %s win, of whichever form",
    async (name) => {
      const server = await serve();
      for (const token of [canary, `oat-${canary}`])
        await send(acmeAt(server.url, setup)({ token }), server.url, { [name]: "mine" });
      expect(server.requests.map(({ headers }) => headers[name.toLowerCase()])).toEqual(["mine", "mine"]);
      expect(JSON.stringify(server.requests)).not.toContain(canary);
    },
  );

  it("sends none of them to a foreign origin, nor on a redirect to one", async () => {
    const foreign = await serve();
    const own = await serve(({ path }) =>
      path === "/away" ? { status: 302, headers: { location: foreign.url } } : {},
    );
    for (const token of [canary, `oat-${canary}`]) {
      const auth = acmeAt(own.url, setup)({ token });
      await send(auth, foreign.url);
      await send(auth, `${own.url}/away`);
    }
    expect(foreign.requests).toHaveLength(4);
    expect(JSON.stringify(foreign.requests)).not.toContain(canary);
  });

  it("keeps them on a redirect of its own, and after a 401 sends those of the next token", async () => {
    const server = await serve(({ path, headers }) =>
      path === "/to"
        ? { status: 307, headers: { location: "/end" } }
        : headers["authorization"] === undefined
          ? { status: 401 }
          : {},
    );
    let asked = 0;
    const auth = acmeAt(server.url, setup)({ token: () => (asked++ === 0 ? canary : `oat-${canary}`) });
    await send(auth, `${server.url}/to`, { "acme-beta": "mine" });
    const [first, second, ...others] = server.requests.filter(({ path }) => path === "/end");
    expect(others).toEqual([]);
    expect(carried(first?.headers ?? {})).toMatchObject({
      key: canary,
      version: "2026-11-01",
      beta: "mine, keys",
    });
    const { beta = "", ...last } = carried(second?.headers ?? {});
    expect(last).toEqual({ key: undefined, authorization: `Bearer oat-${canary}`, version: "2026-11-01" });
    expect(String(beta).split(", ")).toEqual(expect.arrayContaining(["mine", "oauth", "tools"]));
  });
});

it("gives all of them for a URL that may carry them, as an object of the caller's own", async () => {
  const auth = acmeAt("https://api.acme.example", setup)({ token: canary });
  const expected = { "x-api-key": canary, "acme-version": "2026-11-01", "acme-beta": "keys" };
  const first = await auth.headers("/x");
  expect(first).toEqual(expected);
  first["acme-version"] = "changed";
  expect(await auth.headers("/x")).toEqual(expected);
  expect(await auth.headers("https://evil.example/x")).toEqual({});
});

it("sends them where it verifies", async () => {
  const server = await serve(() => ({ body: { id: "user-1" } }));
  await acmeAt(server.url, setup)({ token: canary }).verify();
  expect(carried(server.requests[0]?.headers ?? {})).toEqual({
    key: canary,
    authorization: undefined,
    version: "2026-11-01",
    beta: "keys",
  });
});

it("tells of fixed headers and of further origins in events and in explain()", async () => {
  const server = await serve();
  const events: unknown[] = [];
  const further = await serve();
  const auth = acmeAt(
    server.url,
    setup,
  )({
    token: canary,
    alsoOrigins: [further.url],
    onEvent: (event) => {
      if (event.type === "header.attached") events.push([event.origin, event.headers]);
    },
  });
  await auth.fetch(`${further.url}/x`);
  const headers = { "acme-version": "2026-11-01", "acme-beta": "keys" };
  expect(events).toEqual([[further.url, headers]]);
  expect(await auth.explain()).toMatchObject({
    headers,
    alsoOrigins: [further.url],
    origins: [server.url, further.url],
  });
  const plain = await acmeAt(server.url)({ token: canary }).explain();
  expect(plain).not.toHaveProperty("headers");
  expect(plain).not.toHaveProperty("alsoOrigins");
});

describe("alsoOrigins", () => {
  it("are origins that receive the token as well, also beside a baseUrl of the caller's own", async () => {
    const [base, files] = [await serve(), await serve()];
    for (const options of [{}, { baseUrl: base.url }]) {
      const auth = acmeAt(base.url)({
        token: canary,
        alsoOrigins: [files.url, `${files.url}/`, base.url],
        ...options,
      });
      expect(auth.origins).toEqual([base.url, files.url]);
      await auth.fetch(`${files.url}/x`);
    }
    expect(files.requests.map(({ headers }) => headers["authorization"])).toEqual(
      Array(2).fill(`Bearer ${canary}`),
    );
  });

  it.each([
    "*",
    "https://*.acme.example",
    "files.acme.example",
    "http://files.acme.example",
    "https://files.acme.example/v1",
    "https://user@files.acme.example",
    "",
    5,
  ])("cannot be %j", async (origin) => {
    const auth = acmeAt("https://api.acme.example")({ token: canary, alsoOrigins: [origin] as never });
    await expect(auth.headers("/x")).rejects.toMatchObject({ code: "AUTH_PROVIDER_INVALID" });
  });

  it("are a list", async () => {
    const auth = acmeAt("https://api.acme.example")({
      token: canary,
      alsoOrigins: "https://a.example" as never,
    });
    await expect(auth.token()).rejects.toMatchObject({ code: "AUTH_PROVIDER_INVALID" });
  });

  it("may be plain http where the caller says so", async () => {
    const also = { alsoOrigins: ["http://files.acme.example"], allowInsecureHttp: true };
    const auth = acmeAt("https://api.acme.example")({ token: canary, ...also });
    expect(await auth.headers("http://files.acme.example/x")).toEqual({ authorization: `Bearer ${canary}` });
  });
});

describe("a provider is refused", () => {
  it.each<[string, Partial<ProviderSetup<Identity>>]>([
    ["whose fixed headers are none", { headers: "acme-version: 1" as never }],
    ["whose fixed header has no name that HTTP allows", { headers: { "acme version": "1" } }],
    ["whose fixed header has a line break", { headers: { "acme-version": "1\n2" } }],
    ["whose fixed header is no text", { headers: { "acme-version": 1 as never } }],
    ["whose fixed header is the token's", { inject: header("x-key"), headers: { "X-Key": "1" } }],
    [
      "whose fixed header is another form's",
      { inject: oneOf({ a: header("x-key"), b: bearer() }, () => "b"), headers: { "x-key": "1" } },
    ],
    [
      "whose fixed header is a secret one",
      { inject: header("x-key"), headers: { Authorization: "Bearer x" } },
    ],
    ["whose form brings a secret header along", { inject: header("x-key", { with: { cookie: "a=b" } }) }],
    ["whose form brings no object along", { inject: header("x-key", { with: "x" as never }) }],
    ["whose choice has no forms", { inject: oneOf({}, () => "a" as never) }],
    ["whose choice has no function", { inject: oneOf({ a: bearer() }, "a" as never) }],
    ["whose form is none", { inject: oneOf({ a: undefined as never }, () => "a") }],
    ["whose form has no name that HTTP allows", { inject: oneOf({ a: header("x key") }, () => "a") }],
  ])("%s", async (_, part) => {
    const auth = acmeAt("https://api.acme.example", part)({ token: canary });
    await expect(auth.token()).rejects.toMatchObject({ code: "AUTH_PROVIDER_INVALID" });
  });

  it.each<[string, () => string]>([
    ["another key", () => "other"],
    ["a key of every object", () => "toString"],
    ["nothing", () => undefined as never],
    [
      "nothing, since it throws the token",
      () => {
        throw new Error(canary);
      },
    ],
  ])("when a token is found, where the choice picks %s", async (_, pick) => {
    const auth = acmeAt("https://api.acme.example", { inject: oneOf({ a: bearer() }, pick as () => "a") })({
      token: canary,
    });
    const error: unknown = await auth.fetch("/x").catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "AUTH_PROVIDER_INVALID" });
    expect(JSON.stringify(error)).not.toContain(canary);
  });
});
