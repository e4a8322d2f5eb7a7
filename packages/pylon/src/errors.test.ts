import { inspect } from "node:util";

import { afterEach, describe, expect, it } from "vitest";

import { canary, fakePylon, fetchFrom } from "./fixtures/pylon-on-loopback.ts";
import { type AuthEvent, isAuthError, pylon } from "./index.ts";
import type { FakePylon, FakePylonToken, ScriptedAnswer } from "./testing/index.ts";

/** Everything that these tests made somebody see. */
const seen: string[] = [];
const onEvent = (event: AuthEvent): void => void seen.push(inspect(event), JSON.stringify(event));

afterEach(() => {
  const leaks = seen.filter((text) => text.includes(canary)).length;
  seen.length = 0;
  if (leaks > 0) throw new Error(`The token shows in ${leaks} of the texts.`);
});

/** The error of a verify, whose time is too short for the pause before a retry. */
async function refusal(fake: FakePylon, options: Parameters<typeof pylon>[0] = {}): Promise<unknown> {
  const auth = pylon({
    fetch: fetchFrom(fake),
    env: { PYLON_API_TOKEN: canary },
    onEvent,
    timeoutMs: 250,
    ...options,
  });
  try {
    await auth.verify();
  } catch (error) {
    seen.push(String(error), inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error));
    if (error instanceof Error) seen.push(error.stack ?? "");
    seen.push(inspect(auth, { depth: 9 }), JSON.stringify(await auth.explain()));
    return error;
  }
  throw new Error("It was verified.");
}

/** A fake whose next answer to `/me` is scripted. */
async function answering(answer: ScriptedAnswer, options: { code?: boolean } = {}): Promise<FakePylon> {
  const fake = await fakePylon(options);
  fake.script("GET /me", { times: 9, ...answer });
  return fake;
}

describe.each([
  ["with codes", true],
  ["without codes, as before September 2026", false],
])("verify %s", (_, code) => {
  it("says of an unknown token that Pylon refused it, from where, and where to make another", async () => {
    const error = await refusal(await fakePylon({ code, tokens: {} }));
    expect(error).toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      status: 401,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      message: expect.stringMatching(
        /refused the token from env PYLON_API_TOKEN \(status 401\): Invalid API token\./,
      ),
      remedy: expect.stringContaining("https://app.usepylon.com/settings/api-tokens"),
    });
  });

  it("names the page of the region that was asked", async () => {
    const fake = await fakePylon({ code, tokens: {} });
    expect(await refusal(fake, { region: "eu" })).toMatchObject({
      remedy: expect.stringContaining("https://app.eu.usepylon.com/settings/api-tokens"),
    });
  });

  it.each([400, 401, 403, 404, 405, 429, 500])("quotes Pylon's id for the answer: %i", async (status) => {
    const error = await refusal(await answering({ status }, { code }));
    expect(error).toMatchObject({ status, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  it.each([
    ["us", "eu"],
    ["eu", "us"],
  ] as const)("says of a token that was sent to %s that it belongs to %s", async (region, home) => {
    const tokens: Record<string, FakePylonToken> = { [canary]: { region: home } };
    const error = await refusal(await fakePylon({ code, tokens }), { region });
    expect(error).toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      message: expect.stringContaining(`belongs to the region ${home}, and the region ${region} was asked`),
      remedy: `Pass region: "${home}" or set PYLON_REGION=${home}.`,
    });
  });

  it("says of a token that may not read /me that it is known", async () => {
    const tokens: Record<string, FakePylonToken> = { [canary]: { denied: ["GET /me"] } };
    expect(await refusal(await fakePylon({ code, tokens }))).toMatchObject({
      code: "AUTH_PERMISSION_DENIED",
      status: 403,
    });
  });

  it("says how long to wait when the limit is reached", async () => {
    const fake = await fakePylon({ code, limits: { "GET /me": 1 }, now: () => 0 });
    await pylon({ baseUrl: fake.url, token: canary }).verify();
    expect(await refusal(fake)).toMatchObject({
      code: "AUTH_RATE_LIMITED",
      status: 429,
      retryAfterMs: 60_000,
      remedy: "Try again in 60 s.",
    });
  });

  it.each([404, 405])(
    "does not judge the token by a %i, which Pylon gives before it looks at one",
    async (status) => {
      const error = await refusal(await answering({ status }, { code }));
      expect(error).toMatchObject({
        code: "AUTH_RESPONSE_MALFORMED",
        status,
        remedy: expect.stringContaining("baseUrl"),
      });
    },
  );

  it("does not judge the token by Pylon's own failure", async () => {
    const error = await refusal(await answering({ status: 500 }, { code }));
    expect(error).toMatchObject({ code: "AUTH_UNREACHABLE", status: 500 });
  });
});

describe("verify", () => {
  it.each([
    ["X-Retry-After before the standard header", { "x-retry-after": "7", "retry-after": "9" }, 7_000],
    ["the standard header where there is no other", { "retry-after": "9" }, 9_000],
    [
      "the standard header where the other cannot be read",
      { "x-retry-after": "soon", "retry-after": "9" },
      9_000,
    ],
    ["no wait where no header says one", {}, undefined],
  ])("reports %s", async (_, headers, retryAfterMs) => {
    const error = await refusal(await answering({ status: 429, headers }));
    expect(error).toMatchObject({ code: "AUTH_RATE_LIMITED" });
    expect(isAuthError(error) && error.retryAfterMs).toBe(retryAfterMs);
  });

  it("tries again after the wait of X-Retry-After", async () => {
    const fake = await fakePylon();
    fake.script("GET /me", { status: 429, headers: { "x-retry-after": "0" }, times: 2 });
    await pylon({ baseUrl: fake.url, token: canary }).verify();
    expect(fake.requests).toHaveLength(3);
  });

  it("asks once where the token is refused", async () => {
    const fake = await fakePylon({ tokens: {} });
    await refusal(fake);
    expect(fake.requests).toHaveLength(1);
  });

  it.each([
    ["a gateway's page", { status: 502, body: "<h1>Bad gateway</h1>" }],
    ["a gateway without words", { status: 503, body: "" }],
    ["a dropped connection", { drop: true }],
    ["an answer that comes too late", { delayMs: 50 }],
  ])("does not judge the token by %s", async (_, answer) => {
    const timeoutMs = "delayMs" in answer ? 10 : 250;
    expect(await refusal(await answering(answer), { timeoutMs })).toMatchObject({ code: "AUTH_UNREACHABLE" });
  });

  it("refuses a redirect, and takes no token along", async () => {
    const [fake, elsewhere] = [await fakePylon(), await fakePylon()];
    fake.script("GET /me", { status: 302, headers: { location: `${elsewhere.url}/me` } });
    expect(await refusal(fake)).toMatchObject({ code: "AUTH_ORIGIN_NOT_ALLOWED", status: 302 });
    expect(elsewhere.requests).toEqual([]);
  });

  it("takes the request id of the body where no header has one", async () => {
    const body = { errors: ["Invalid API token!"], request_id: "r-1", code: "invalid_api_token" };
    expect(await refusal(await answering({ status: 401, body }))).toMatchObject({ requestId: "r-1" });
  });

  it("says that an accepted request whose answer names nobody is malformed", async () => {
    const error = await refusal(await answering({ status: 200, body: { data: { name: "Acme" } } }));
    expect(error).toMatchObject({ code: "AUTH_RESPONSE_MALFORMED", status: 200 });
  });

  it.each<[string, unknown]>([
    ["a list", []],
    ["a number", 7],
    ["null", "null"],
    ["words that are no list", { errors: "No!", code: ["invalid_api_token"], request_id: {} }],
    ["words of every kind", { errors: [null, 7, {}, [], ""], code: "", request_id: " " }],
    ["a code of the language's own", { errors: ["No!"], code: "__proto__" }],
    ["a prototype", '{ "__proto__": { "code": "rate_limited" }, "errors": ["No!"] }'],
    ["a megabyte of words", { errors: ["No! ".repeat(250_000)] }],
    ["words that steer a terminal", { errors: ["\u001B[2J\u001B[31mNo!\r\nnext"] }],
    ["depth", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
  ])("judges a 401 by its status where the body is %s", async (_, body) => {
    const headers = { "content-type": "application/json" };
    const error = await refusal(await answering({ status: 401, headers, body }));
    expect(error).toMatchObject({ code: "AUTH_TOKEN_REJECTED", status: 401 });
    expect(String(error)).toMatch(/^[\x20-\x7E…]{1,600}$/);
  });

  it("does not pass on a token that Pylon echoes", async () => {
    const headers = { "x-pylon-request-id": canary };
    const body = { errors: [`Bearer ${canary} is no good!`], request_id: canary };
    const error = await refusal(await answering({ status: 401, headers, body }));
    expect(error).toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      message: expect.stringContaining("[token] is no good"),
    });
  });
});

describe("fetch", () => {
  it("keeps the token after a 401 that is about permission, and asks the sources again after any other", async () => {
    const fake = await fakePylon({ tokens: {} });
    let asked = 0;
    const auth = pylon({ baseUrl: fake.url, token: () => (asked++, canary), onEvent });
    fake.script("GET /me", { status: 401, body: { errors: ["No!"], code: "permission_denied" } });
    await auth.fetch("/me");
    expect(asked).toBe(1);
    await auth.fetch("/me");
    expect(asked).toBe(2);
  });
});
