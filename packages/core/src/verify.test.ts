import { gzipSync } from "node:zlib";

import type { LoopbackAnswer } from "@auth/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";

import { AuthError } from "./errors.ts";
import { acmeAt, canary, listen, serve } from "./fixtures/acme.ts";
import { failureOf } from "./fixtures/failure-of.ts";
import {
  type AuthOptions,
  basic,
  found,
  fromEnv,
  header,
  type Identity,
  type ProviderSetup,
} from "./index.ts";

const token = { token: canary };

async function failing(
  answer: LoopbackAnswer,
  setup: Partial<ProviderSetup<Identity>> = {},
  options: AuthOptions = {},
): Promise<AuthError> {
  const server = await serve(() => answer);
  return failureOf(acmeAt(server.url, setup)({ ...token, ...options }).verify());
}

it("tells whom the token speaks for, and which token that was", async () => {
  const server = await serve(() => ({ headers: { "x-request-id": "r-1" }, body: { id: "user-1" } }));
  const auth = acmeAt(server.url, { requestIdHeader: "X-Request-Id" })({ ...token, now: () => 5 });
  expect(await auth.verify()).toEqual({
    identity: { kind: "user", id: "user-1" },
    token: { source: "option token", fingerprint: (await auth.token()).fingerprint() },
    durationMs: 0,
    requestId: "r-1",
  });
  expect(server.requests[0]).toMatchObject({
    method: "GET",
    url: "/me",
    headers: { authorization: `Bearer ${canary}`, accept: "application/json" },
  });
});

it("tells the provider where the token came from, for the identity and for errors", async () => {
  let status = 200;
  const server = await serve(() => ({ status, body: {} }));
  const sources = new Set<string>();
  const auth = acmeAt(server.url, {
    verify: { path: "/me", identify: (_, { source }) => ({ kind: "user", id: source }) },
    classify: ({ source }) => {
      sources.add(source);
      return {};
    },
  })(token);
  expect((await auth.verify()).identity.id).toBe("option token");
  status = 401;
  await failureOf(auth.verify());
  expect(sources).toEqual(new Set(["option token"]));
  sources.clear();
  await auth.fetch("/x");
  expect(sources).toEqual(new Set(["option token"]));
});

it("lets the provider say that there is no wait, whatever the standard header says", async () => {
  const answer = { status: 429, headers: { "retry-after": "7" } };
  const error = await failing(answer, {
    classify: () => ({ retryAfterMs: undefined }),
    retryDelayMs: () => 0,
  });
  expect(error).not.toHaveProperty("retryAfterMs");
});

it("sends the body as JSON where the endpoint is a POST", async () => {
  const server = await serve(() => ({ body: { id: "user-1" } }));
  const identify = (): Identity => ({ kind: "user", id: "user-1" });
  await acmeAt(server.url, { verify: { method: "POST", path: "/whoami", body: {}, identify } })(
    token,
  ).verify();
  expect(server.requests[0]).toMatchObject({
    method: "POST",
    body: "{}",
    headers: { "content-type": "application/json", "content-length": "2" },
  });
});

describe("an answer that is no identity", () => {
  it.each([
    [401, "AUTH_TOKEN_REJECTED"],
    [403, "AUTH_PERMISSION_DENIED"],
    [404, "AUTH_RESPONSE_MALFORMED"],
    [405, "AUTH_RESPONSE_MALFORMED"],
  ])("with status %i is %s", async (status, code) => {
    const error = await failing({ status });
    expect(error).toMatchObject({ code, status });
    expect(error.message).toContain("option token");
  });

  it("names the remedy: where the token is, and where a new one is made", async () => {
    expect((await failing({ status: 401 })).message).toBe(
      "acme: Acme refused the token from option token (status 401). " +
        "Replace the token in option token by a new one from https://acme.example/settings/tokens",
    );
  });

  it("is what the provider makes of it", async () => {
    const classify = (): ReturnType<NonNullable<ProviderSetup<Identity>["classify"]>> => ({
      code: "AUTH_TOKEN_EXPIRED",
      reason: "it ended yesterday",
      remedy: "Log in again.",
      requestId: "from-body",
      retryAfterMs: 1e15,
    });
    expect(await failing({ status: 418 }, { classify })).toMatchObject({
      code: "AUTH_TOKEN_EXPIRED",
      status: 418,
      remedy: "Log in again.",
      requestId: "from-body",
      retryAfterMs: 86_400_000,
      message: expect.stringContaining("(status 418): it ended yesterday."),
    });
  });

  it.each([
    ["null", null],
    ["a list", []],
    ["an empty object", {}],
    ["a text", "<html>"],
    ["a number as id", { id: 5 }],
    ["nothing", undefined],
  ])("with status 200 is malformed: %s", async (_, body) => {
    expect(await failing({ body })).toMatchObject({ code: "AUTH_RESPONSE_MALFORMED", status: 200 });
  });

  it("is malformed where the provider's own reading of it fails", async () => {
    const identify = (): never => {
      throw new Error(`cannot read ${canary}`);
    };
    expect(await failing({ body: {} }, { verify: { path: "/me", identify } })).toMatchObject({
      code: "AUTH_RESPONSE_MALFORMED",
    });
  });

  it("is malformed where it never ends", async () => {
    expect(await failing({ body: "x".repeat(2_000_000) })).toMatchObject({ code: "AUTH_RESPONSE_MALFORMED" });
  });
});

describe("what a service echoes", () => {
  it.each([
    ["bearer", undefined],
    ["a header of its own", header("x-api-key")],
    ["basic", basic("ada")],
  ])("is masked before it is quoted: %s", async (_, inject) => {
    const server = await serve(({ headers }) => ({
      status: 401,
      headers: { "x-request-id": `${headers.authorization ?? headers["x-api-key"]}`.slice(0, 200) },
      body: { reason: `no such token: ${canary}, sent as ${JSON.stringify(headers)}` },
    }));
    const auth = acmeAt(server.url, {
      ...(inject && { inject }),
      requestIdHeader: "x-request-id",
      classify: ({ body }) => ({ reason: (body as { reason: string }).reason }),
    })(token);
    const error = await failureOf(auth.verify());
    expect(error.message).toContain("no such token: [token]");
    const encoded = Buffer.from(`ada:${canary}`).toString("base64");
    expect(JSON.stringify(error)).not.toContain(encoded);
    expect(JSON.stringify(error)).not.toContain(canary);
  });

  it("is masked in an identity too", async () => {
    const server = await serve(({ headers }) => ({ body: { id: headers.authorization } }));
    expect((await acmeAt(server.url)(token).verify()).identity.id).toBe("[token]");
  });
});

describe("a service that is busy or out of order", () => {
  it.each([429, 500, 502, 503, 504])("is asked again after %i, and then believed", async (status) => {
    let tries = 0;
    const server = await serve(() => (tries++ === 0 ? { status } : { body: { id: "user-1" } }));
    const auth = acmeAt(server.url, { retryDelayMs: () => 0 })(token);
    expect((await auth.verify()).identity.id).toBe("user-1");
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    [429, "AUTH_RATE_LIMITED"],
    [500, "AUTH_UNREACHABLE"],
    [503, "AUTH_UNREACHABLE"],
  ])("stays so: %i is %s after three tries, and says nothing about the token", async (status, code) => {
    const server = await serve(() => ({ status, body: "<html>" }));
    const error = await failureOf(acmeAt(server.url, { retryDelayMs: () => 0 })(token).verify());
    expect(error).toMatchObject({ code, status });
    expect(server.requests).toHaveLength(3);
  });

  it("is waited for as long as it asks, told to the provider's own arithmetic", async () => {
    const asked: unknown[] = [];
    let tries = 0;
    const server = await serve(() =>
      tries++ < 2 ? { status: 429, headers: { "retry-after": "7" } } : { body: { id: "u" } },
    );
    const retryDelayMs = (failed: unknown): number => {
      asked.push(failed);
      return 0;
    };
    await acmeAt(server.url, { retryDelayMs })(token).verify();
    expect(asked).toEqual([
      { attempts: 1, status: 429, retryAfterMs: 7_000 },
      { attempts: 2, status: 429, retryAfterMs: 7_000 },
    ]);
  });

  it("is not waited for beyond the time limit: the wait is told instead", async () => {
    const server = await serve(() => ({ status: 429, headers: { "retry-after": "60" } }));
    const error = await failureOf(acmeAt(server.url)(token).verify({ timeoutMs: 5_000 }));
    expect(error).toMatchObject({
      code: "AUTH_RATE_LIMITED",
      retryAfterMs: 60_000,
      remedy: "Try again in 60 s.",
    });
    expect(server.requests).toHaveLength(1);
  });

  it("is never asked twice whether a refused token is good", async () => {
    const server = await serve(() => ({ status: 401, headers: { "retry-after": "0" } }));
    await failureOf(acmeAt(server.url)(token).verify());
    expect(server.requests).toHaveLength(1);
  });
});

describe("no answer", () => {
  it("because nobody listens is told as such, with the address", async () => {
    const server = await serve();
    await server.close();
    const error = await failureOf(acmeAt(server.url)(token).verify());
    expect(error.code).toBe("AUTH_UNREACHABLE");
    expect(error.message).toContain(`Acme gave no answer at ${server.url} (connect ECONNREFUSED`);
    expect(error.cause).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("because the connection broke", async () => {
    expect((await failing({ drop: true })).code).toBe("AUTH_UNREACHABLE");
    expect((await failing({ body: { id: "user-1" }, truncateAt: 5 })).code).toBe("AUTH_UNREACHABLE");
  });

  it("within the time limit", async () => {
    const server = await serve(() => ({ delayMs: 60_000 }));
    const error = await failureOf(acmeAt(server.url)(token).verify({ timeoutMs: 30 }));
    expect(error).toMatchObject({
      code: "AUTH_UNREACHABLE",
      message: expect.stringContaining("within 30 ms"),
    });
  });

  it("because the caller's fetch failed, whose error may hold the request", async () => {
    const fetch = (_: unknown, init?: RequestInit): Promise<Response> =>
      Promise.reject(
        Object.assign(new Error(`could not send ${JSON.stringify(init?.headers)}`), { request: init }),
      );
    const error = await failureOf(acmeAt("https://api.acme.example")({ ...token, fetch }).verify());
    expect(error.code).toBe("AUTH_UNREACHABLE");
  });

  it("because the caller gave up, whose own reason comes back", async () => {
    const server = await serve(() => ({ delayMs: 60_000 }));
    const controller = new AbortController();
    const pending = acmeAt(server.url)(token).verify({ signal: controller.signal });
    const reason = new Error("no longer needed");
    await vi.waitFor(() => expect(server.requests).toHaveLength(1));
    controller.abort(reason);
    await expect(pending).rejects.toBe(reason);
  });
});

describe("a redirect", () => {
  it("to another origin is refused, and nothing is sent there", async () => {
    const foreign = await serve();
    for (const status of [301, 302, 303, 307, 308]) {
      const error = await failing({ status, headers: { location: foreign.url } });
      expect(error.code).toBe("AUTH_ORIGIN_NOT_ALLOWED");
    }
    expect(foreign.requests).toHaveLength(0);
  });

  it("on the same origin is refused as well", async () => {
    const server = await serve(() => ({ status: 302, headers: { location: "/login" } }));
    expect((await failureOf(acmeAt(server.url)(token).verify())).code).toBe("AUTH_RESPONSE_MALFORMED");
    expect(server.requests).toHaveLength(1);
  });
});

it("sends nothing where the verify path leads out of the origins", async () => {
  const [own, foreign] = [await serve(), await serve()];
  const identify = (): undefined => undefined;
  for (const path of [`${foreign.url}/me`, `//${new URL(foreign.url).host}/me`, "https://"]) {
    const error = await failureOf(acmeAt(own.url, { verify: { path, identify } })(token).verify());
    expect(error.code).toBe("AUTH_ORIGIN_NOT_ALLOWED");
    expect(error.message).toContain("where the token from option token must not go.");
    expect(error.remedy).toBe("Give verify.path as a path on the provider's own origin.");
  }
  expect([...own.requests, ...foreign.requests]).toHaveLength(0);
});

it("forgets a token that the service refused: the next use asks the sources anew", async () => {
  const server = await serve(({ headers }) =>
    headers.authorization === "Bearer new" ? { body: { id: "u" } } : { status: 401 },
  );
  const reasons: string[] = [];
  const auth = acmeAt(server.url)({
    token: ({ reason }) => (reasons.push(reason) === 1 ? "old" : "new"),
  });
  expect((await failureOf(auth.verify())).code).toBe("AUTH_TOKEN_REJECTED");
  expect((await auth.verify()).identity.id).toBe("u");
  expect(reasons).toEqual(["initial", "rejected"]);
});

it("does not end the pause after a search that failed", async () => {
  let asked = 0;
  const expired = (): ReturnType<typeof found> => {
    asked++;
    return found(canary, { expiresAt: 1 });
  };
  const auth = acmeAt("https://api.acme.example")({ token: expired, now: () => 5 });
  for (let call = 0; call < 20; call++)
    expect((await failureOf(auth.verify())).code).toBe("AUTH_TOKEN_EXPIRED");
  expect(asked).toBe(1);
});

it("is bounded as a whole, the search for the token included", async () => {
  const stuck = (): Promise<never> => new Promise(() => undefined);
  const error = await failureOf(
    acmeAt("https://api.acme.example")({ token: stuck }).verify({ timeoutMs: 20 }),
  );
  expect(error.code).toBe("AUTH_TOKEN_SOURCE_FAILED");
  expect(error.message).toContain("No token source gave an answer within 20 ms.");
});

it("may be given all the time in the world", async () => {
  const server = await serve(() => ({ body: { id: "user-1" } }));
  expect((await acmeAt(server.url)(token).verify({ timeoutMs: Number.POSITIVE_INFINITY })).identity.id).toBe(
    "user-1",
  );
});

it("waits for 0.3 s and then for twice as long, where neither service nor provider names a pause", async () => {
  const asked: unknown[] = [];
  const real = globalThis.setTimeout;
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((task: () => void, ms: number) => {
    const isPause = ms < 1_000;
    if (isPause) asked.push(ms);
    return real(task, isPause ? 0 : ms);
  }) as never);
  onTestFinished(() => void vi.restoreAllMocks());
  // Without a connection, which has timers of its own.
  const fetch = (): Promise<Response> => Promise.resolve(new Response(null, { status: 503 }));
  const error = await failureOf(acmeAt("https://api.acme.example")({ ...token, fetch }).verify());
  expect([error.code, asked]).toEqual(["AUTH_UNREACHABLE", [300, 600]]);
});

describe("an answer that is large, slow or both", () => {
  const numbers = `[1${",1".repeat(4_500_000)}]`;
  const zipped = gzipSync(numbers);

  it.each([200, 401, 403, 429, 503])(
    "with status %i is read up to the limit, and no further",
    async (status) => {
      const server = await listen((_, response) => {
        response.writeHead(status, { "content-type": "application/json", "content-encoding": "gzip" });
        response.end(zipped);
      });
      const seen: unknown[] = [];
      const auth = acmeAt(server, {
        classify: ({ body }) => {
          seen.push(body);
          return {};
        },
        retryDelayMs: () => 0,
      })(token);
      const error = await failureOf(auth.verify());
      expect(error.status).toBe(status);
      expect(seen.every((body) => body === undefined)).toBe(true);
    },
  );

  it.each([200, 401, 500])("with status %i and no end is given up when the time is", async (status) => {
    const server = await listen((_, response) => {
      response.writeHead(status, { "content-type": "application/json" });
      const drip = setInterval(() => response.write(" "), 5);
      response.on("close", () => clearInterval(drip));
    });
    const error = await failureOf(acmeAt(server)(token).verify({ timeoutMs: 100 }));
    expect([error.code, error.message]).toEqual([
      "AUTH_UNREACHABLE",
      expect.stringContaining("within 100 ms"),
    ]);
  });

  it("is parsed once, however often it is tried again and told", async () => {
    const server = await serve(() => ({ status: 503, body: { error: "busy" } }));
    const parsed = vi.spyOn(JSON, "parse");
    onTestFinished(() => parsed.mockRestore());
    await failureOf(acmeAt(server.url, { retryDelayMs: () => 0 })(token).verify());
    expect(parsed.mock.calls.filter(([text]) => text === '{"error":"busy"}')).toHaveLength(3);
  });
});

describe("whatever the provider's own code gives back or throws", () => {
  const revoked = (): never => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy as never;
  };
  const cyclic: Record<string, unknown> = { kind: "user", id: "u" };
  cyclic["self"] = cyclic;

  it.each<[string, () => unknown]>([
    ["a promise that fails", () => Promise.reject(new Error(canary))],
    ["a text", () => canary],
    ["a revoked proxy", revoked],
    ["what cannot be written as JSON", () => cyclic],
    ["a number that JSON does not know", () => ({ kind: "user", id: "u", count: 5n })],
  ])("verify is an AuthError where identify gives %s", async (_, identify) => {
    const error = await failing({ body: {} }, { verify: { path: "/me", identify: identify as never } });
    expect(error.code).toBe("AUTH_RESPONSE_MALFORMED");
  });

  it.each<[string, () => unknown]>([
    ["a promise that fails", () => Promise.reject(new Error(canary))],
    ["a text", () => "AUTH_RATE_LIMITED"],
    ["a revoked proxy", revoked],
    ["members of other types", () => ({ code: 5, reason: {}, remedy: [], requestId: 7, retryAfterMs: "7" })],
    ["what is no code", () => ({ code: "no such" })],
    [
      "an object that throws",
      () => ({
        get code() {
          throw new Error(canary);
        },
      }),
    ],
  ])("verify judges by the status where classify gives %s", async (_, classify) => {
    const error = await failing({ status: 401 }, { classify: classify as never });
    expect(error.code).toBe("AUTH_TOKEN_REJECTED");
  });

  it.each([Number.NaN, "soon", {}, null])(
    "verify tells the standard wait where classify gives %j",
    async (retryAfterMs) => {
      const classify = (): never => ({ retryAfterMs }) as never;
      const answer = { status: 429, headers: { "retry-after": "7" } };
      const error = await failing(answer, { classify, retryDelayMs: () => 0 });
      expect(error.retryAfterMs).toBe(7_000);
    },
  );

  it.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error(canary);
      },
    ],
    ["gives no number", () => Number.NaN],
    ["gives a text", () => "soon"],
  ])("a pause is the service's where retryDelayMs %s", async (_, retryDelayMs) => {
    const answer = { status: 429, headers: { "retry-after": "0" } };
    const error = await failing(answer, { retryDelayMs: retryDelayMs as never });
    expect(error.code).toBe("AUTH_RATE_LIMITED");
  });
});

it("shows nothing of a service that moves the cursor or turns the writing", async () => {
  const nasty = "\u001B[2J\u202Eevil\u0007";
  const error = await failing(
    { status: 401, headers: { "x-id": "a" }, body: {} },
    { classify: () => ({ reason: `no ${nasty}`, remedy: `Do ${nasty} now.`, requestId: nasty }) },
  );
  expect(JSON.stringify([error.message, error.remedy, error.requestId])).not.toMatch(/\\u00|\u202E/);
  expect(error.remedy).toBe("Do  [2J evil  now.");
});

describe("where the token decides how it is verified", () => {
  const kinds: ProviderSetup<Identity>["verify"] = (given) => ({
    path: given.reveal().startsWith("app_") ? "installation" : "/user",
    headers: { "X-Kind": "kind", Accept: "application/vnd.acme+json", Authorization: "mine" },
    identify: (body, { headers, source }) => ({
      kind: given.reveal().startsWith("app_") ? "installation" : "user",
      id: (body as { id: string }).id,
      scopes: headers.get("x-scopes"),
      source,
    }),
  });

  it("asks its own endpoint, with its headers, and reads those of the answer", async () => {
    const server = await serve(() => ({ headers: { "x-scopes": "read, write" }, body: { id: "1" } }));
    const acme = acmeAt(server.url, { verify: kinds });
    for (const [value, kind, path] of [
      ["app_1", "installation", "/installation"],
      ["usr_1", "user", "/user"],
    ] as const) {
      expect((await acme({ token: value }).verify()).identity).toEqual({
        kind,
        id: "1",
        scopes: "read, write",
        source: "option token",
      });
      expect(server.requests.at(-1)).toMatchObject({
        url: path,
        headers: { "x-kind": "kind", accept: "application/vnd.acme+json", authorization: `Bearer ${value}` },
      });
    }
  });

  it.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error(canary);
      },
    ],
    ["gives nothing", () => undefined],
    ["gives a promise", () => Promise.reject(new Error(canary))],
    ["gives no path", () => ({ identify: () => undefined })],
    [
      "gives headers that are none",
      () => ({ path: "/me", headers: { "a b": "c" }, identify: () => undefined }),
    ],
    [
      "gives a header with a line break",
      () => ({ path: "/me", headers: { a: "b\nc" }, identify: () => undefined }),
    ],
    ["gives a method that there is not", () => ({ path: "/me", method: "PUT", identify: () => undefined })],
  ])("is AUTH_PROVIDER_INVALID where its function %s", async (_, verify) => {
    const server = await serve();
    const error = await failureOf(acmeAt(server.url, { verify: verify as never })(token).verify());
    expect(error.code).toBe("AUTH_PROVIDER_INVALID");
    expect(server.requests).toHaveLength(0);
  });
});

it.each(["/me", "me"])("joins the path %s to baseUrl, whose own path stays", async (path) => {
  const server = await serve(() => ({ body: { id: "user-1" } }));
  const identify = (): Identity => ({ kind: "user", id: "user-1" });
  const acme = acmeAt("https://api.acme.example", { verify: { path, identify } });
  for (const baseUrl of [`${server.url}/gateway/acme`, `${server.url}/gateway/acme/`])
    await acme({ ...token, baseUrl }).verify();
  expect(server.requests.map(({ url }) => url)).toEqual(["/gateway/acme/me", "/gateway/acme/me"]);
});

describe("a 2xx that says nothing of whom the token speaks for", () => {
  const inside: ProviderSetup<Identity>["classify"] = ({ status, body }) => {
    const { error } = body as { error?: string };
    if (status !== 200 || error === undefined) return {};
    const code = { invalid_auth: "AUTH_TOKEN_REJECTED", ratelimited: "AUTH_RATE_LIMITED" } as const;
    return { code: code[error as keyof typeof code], reason: error };
  };

  it("is what the provider makes of it", async () => {
    const error = await failing({ body: { ok: false, error: "invalid_auth" } }, { classify: inside });
    expect(error).toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      status: 200,
      message: expect.stringContaining(
        "Acme refused the token from option token (status 200): invalid_auth.",
      ),
    });
  });

  it("is tried again where that is what it means, and forgets a token that it refuses", async () => {
    const answers = [{ error: "ratelimited" }, { error: "invalid_auth" }, { id: "user-1" }];
    const server = await serve(() => ({ body: answers.shift() }));
    const reasons: string[] = [];
    const auth = acmeAt(server.url, { classify: inside, retryDelayMs: () => 0 })({
      token: ({ reason }) => (reasons.push(reason), canary),
    });
    expect((await failureOf(auth.verify())).code).toBe("AUTH_TOKEN_REJECTED");
    expect((await auth.verify()).identity.id).toBe("user-1");
    expect(reasons).toEqual(["initial", "rejected"]);
  });

  it("is malformed where the provider makes nothing of it, in its words where it has some", async () => {
    const error = await failing({ body: { ok: false, error: "strange" } }, { classify: inside });
    expect(error).toMatchObject({
      code: "AUTH_RESPONSE_MALFORMED",
      message: expect.stringContaining("did not say whom the token from option token speaks for: strange."),
    });
  });

  it("is never asked about where it does say so", async () => {
    const server = await serve(() => ({ body: { id: "user-1" } }));
    const classify = (): never => expect.unreachable("it was asked");
    expect((await acmeAt(server.url, { classify })(token).verify()).identity.id).toBe("user-1");
  });
});

describe("where the provider says what its tokens look like", () => {
  const acme = (url: string): ReturnType<typeof acmeAt> =>
    acmeAt(
      url,
      { classify: ({ body }) => ({ reason: String(body) }) },
      { tokenPattern: /^acme_[0-9a-f]{16}$/ },
    );

  it("a refused token of another form is told as that, and sent all the same", async () => {
    const server = await serve(() => ({ status: 401, body: "no" }));
    const error = await failureOf(acme(server.url)(token).verify());
    expect(error.message).toContain("(status 401): no. It does not look like a token of Acme.");
    const own = await failureOf(acme(server.url)({ token: "acme_0123456789abcdef" }).verify());
    expect(own.message).not.toContain("look like");
  });

  it("another token than the one that was sent is masked too", async () => {
    const server = await serve(() => ({ status: 401, body: "not acme_fedcba9876543210, as of old" }));
    expect((await failureOf(acme(server.url)(token).verify())).message).toContain("not [token], as of old");
  });
});

it("names other tokens that are set, after a refusal: the one that was meant may be among them", async () => {
  const server = await serve(() => ({ status: 401 }));
  const acme = acmeAt(server.url, { sources: [fromEnv("A", "B", "C", "D")] });
  const error = await failureOf(acme({ env: { A: canary, B: canary, C: "other", D: " " } }).verify());
  expect(error.message).toBe(
    "acme: Acme refused the token from env A (status 401). env C holds another token, which was not tried. " +
      "Replace the token in env A by a new one from https://acme.example/settings/tokens",
  );
  expect(error).toMatchObject({ code: "AUTH_TOKEN_REJECTED", status: 401 });
  expect(server.requests).toHaveLength(1);
  expect((await failureOf(acme({ env: { A: canary } }).verify())).message).not.toContain("another");
});
