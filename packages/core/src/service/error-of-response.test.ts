import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { acmeAt, canary, listen, serve } from "../fixtures/acme.ts";
import { failureOf } from "../fixtures/failure-of.ts";
import type { Identity, ProviderSetup } from "../index.ts";

const token = { token: canary };

it.each([401, 403, 429, 500, 503])(
  "says of a %i what verify says of it, and leaves the answer to be read",
  async (status) => {
    const server = await serve(() => ({
      status,
      headers: { "x-id": "r-1", "retry-after": "0" },
      body: { error: `no ${canary}` },
    }));
    const setup: Partial<ProviderSetup<Identity>> = {
      requestIdHeader: "x-id",
      retryDelayMs: () => 0,
      classify: ({ body }) => ({ reason: (body as { error: string }).error }),
    };
    const auth = acmeAt(server.url, setup)(token);
    const response = await auth.fetch("/items");
    const error = await auth.errorOf(response);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(canary);
    const told = await failureOf(acmeAt(server.url, setup)(token).verify());
    expect(JSON.parse(JSON.stringify(error))).toEqual(JSON.parse(JSON.stringify(told)));
    expect(error?.message).toContain("no [token]");
    expect(await response.json()).toEqual({ error: `no ${canary}` });
  },
);

it.each([200, 201, 204, 304, 400, 404, 409, 422])(
  "says nothing of a %i, which is not about the token",
  async (status) => {
    const server = await serve(() => ({ status, ...(status !== 204 && status !== 304 && { body: {} }) }));
    const auth = acmeAt(server.url)(token);
    expect(await auth.errorOf(await auth.fetch("/items"))).toBeUndefined();
  },
);

it("says what the provider knows of a status that means something else elsewhere", async () => {
  const server = await serve(() => ({ status: 404, body: { message: "Not Found" } }));
  const classify: ProviderSetup<Identity>["classify"] = ({ status }) =>
    status === 404 ? { code: "AUTH_PERMISSION_DENIED", reason: "it is hidden from the token" } : {};
  const auth = acmeAt(server.url, { classify })(token);
  expect(await auth.errorOf(await auth.fetch("/repos/a/b"))).toMatchObject({
    code: "AUTH_PERMISSION_DENIED",
    status: 404,
  });
});

describe("of a 2xx", () => {
  const classify: ProviderSetup<Identity>["classify"] = ({ body }) =>
    (body as { ok?: boolean }).ok === false
      ? { code: "AUTH_PERMISSION_DENIED", reason: "missing_scope" }
      : {};

  it("says what the provider makes of it", async () => {
    const server = await serve(({ path }) => ({ body: { ok: path !== "/refused" } }));
    const auth = acmeAt(server.url, { classify })(token);
    expect(await auth.errorOf(await auth.fetch("/refused"))).toMatchObject({
      code: "AUTH_PERMISSION_DENIED",
      status: 200,
      message: expect.stringContaining("missing_scope"),
    });
    expect(await auth.errorOf(await auth.fetch("/accepted"))).toBeUndefined();
  });

  it("does not wait for a stream", async () => {
    const url = await listen((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: 1\n\n");
    });
    const auth = acmeAt(url, { classify })(token);
    const stop = new AbortController();
    expect(await auth.errorOf(await auth.fetch("/events", { signal: stop.signal }))).toBeUndefined();
    stop.abort();
  });
});

it("is never about an answer from elsewhere, or from nobody knows where", async () => {
  const foreign = await serve(() => ({ status: 401 }));
  const server = await serve(() => ({ status: 302, headers: { location: foreign.url } }));
  const auth = acmeAt(server.url)(token);
  for (const response of [
    await auth.fetch(foreign.url),
    await auth.fetch("/away"),
    await fetch(foreign.url),
    new Response("", { status: 401 }),
  ])
    expect(await auth.errorOf(response)).toBeUndefined();
});

it("ends within the auth's time limit, whatever the body does, and judges by the status then", async () => {
  const url = await listen((_, response) => {
    response.writeHead(403, { "content-type": "application/json" });
    const drip = setInterval(() => response.write(" "), 5);
    response.on("close", () => clearInterval(drip));
  });
  const auth = acmeAt(url)({ ...token, timeoutMs: 100 });
  const stop = new AbortController();
  const response = await auth.fetch("/items", { signal: stop.signal });
  expect(await auth.errorOf(response)).toMatchObject({ code: "AUTH_PERMISSION_DENIED", status: 403 });
  stop.abort();
});

it("judges by the status where the body is taken, or too long", async () => {
  const server = await serve(({ path }) => ({
    status: 403,
    body: path === "/long" ? ".".repeat(1_048_577) : "no",
  }));
  const auth = acmeAt(server.url, { classify: ({ body }) => ({ reason: typeof body }) })(token);
  const taken = await auth.fetch("/taken");
  await taken.text();
  expect((await auth.errorOf(taken))?.message).toContain(": undefined.");
  const long = await auth.fetch("/long");
  expect((await auth.errorOf(long))?.message).toContain(": undefined.");
  expect(await long.text()).toHaveLength(1_048_577);
});

it.each<[string, () => string | undefined]>([
  ["is broken now", () => expect.unreachable("the vault is down")],
  ["has nothing any more", () => undefined],
  ["has another token now", () => "another-token-0123456789"],
])("masks the token that an answer echoes where its source %s", async (_, then) => {
  let given = 0;
  const server = await serve(({ headers }) => ({
    status: 403,
    body: { error: `no ${headers.authorization}` },
  }));
  const auth = acmeAt(server.url, {
    classify: ({ body }) => ({ reason: (body as { error: string }).error }),
  })({ env: {}, token: () => (given++ === 0 ? canary : then()) });
  const response = await auth.fetch("/items");
  auth.reject();
  const error = await auth.errorOf(response);
  expect(error?.message).toContain("no [token]");
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(canary);
});

it("works where the sources have nothing any more", async () => {
  let given = 0;
  const server = await serve(() => ({ status: 401, body: {} }));
  const auth = acmeAt(server.url)({ env: {}, token: () => (given++ === 0 ? canary : undefined) });
  const response = await auth.fetch("/items");
  expect(await auth.errorOf(response)).toMatchObject({
    code: "AUTH_TOKEN_REJECTED",
    message: expect.stringContaining("Acme refused the token (status 401)"),
  });
});

it.each([undefined, null, "no", {}])("refuses what is no answer: %j", async (response) => {
  const auth = acmeAt("https://api.acme.example")(token);
  const error = await failureOf(auth.errorOf(response as never));
  expect(error.code).toBe("AUTH_PROVIDER_INVALID");
});
