import { inspect } from "node:util";

import { isAuthError } from "@auth/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { quarry, type QuarryOptions } from "./quarry.ts";
import { type FakeQuarry, startFakeQuarry } from "./testing/fake-quarry.ts";

const client = { clientId: "cl_9", clientSecret: "canary-quarry-6d1a9c3f7e5b0248" };
const canaries = ["canary-quarry-a7e3f10b5c2d9864", "canary-quarry-19b6d4e8f0a3c752"];

let fake: FakeQuarry;
beforeEach(async () => {
  fake = await startFakeQuarry({ ...client, tokens: canaries });
});
afterEach(() => fake.close());

const sent = (path: string) =>
  fake.requests.filter((request) => request.path === path).map(({ headers }) => headers.authorization);

it("fetches one access token for all who wait, and sends it to the API", async () => {
  const env = { QUARRY_CLIENT_ID: client.clientId, QUARRY_CLIENT_SECRET: client.clientSecret };
  const auth = quarry({ baseUrl: fake.url, env });
  const answers = await Promise.all(Array.from({ length: 10 }, () => auth.fetch("/v1/tables")));
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  expect(fake.grants()).toBe(1);
  expect(sent("/v1/tables")).toEqual(Array(10).fill(`Bearer ${canaries[0]}`));
});

it("fetches the next one ahead of expiry, in the background, while the old one is served", async () => {
  let now = 1_800_000_000_000;
  const auth = quarry({ ...client, baseUrl: fake.url, env: {}, now: () => now });

  await auth.fetch("/v1/tables");
  expect((await auth.token()).expiresAt).toBe(now + 1_800_000);
  now += 1_200_000;
  await auth.fetch("/v1/tables");
  expect(fake.grants()).toBe(1);

  now += 590_000;
  await auth.fetch("/v1/tables");
  await vi.waitFor(async () => expect((await auth.token()).expiresAt).toBe(now + 1_800_000));
  await auth.fetch("/v1/tables");
  expect(sent("/v1/tables")).toEqual([0, 0, 0, 1].map((which) => `Bearer ${canaries[which]}`));
});

it("serves the old one where the token endpoint is down, and fetches anew after a 401", async () => {
  let now = 1_800_000_000_000;
  const auth = quarry({ ...client, baseUrl: fake.url, env: {}, now: () => now });
  await auth.fetch("/v1/tables");
  fake.outage = { status: 503 };
  now += 1_790_000;
  expect((await auth.fetch("/v1/tables")).status).toBe(200);
  now += 20_000;
  await expect(auth.fetch("/v1/tables")).rejects.toMatchObject({ code: "AUTH_TOKEN_SOURCE_FAILED" });
  fake.outage = undefined;
  now += 600_000;
  expect((await auth.fetch("/v1/tables")).status).toBe(200);
  expect(sent("/v1/tables").at(-1)).toBe(`Bearer ${canaries[1]}`);
});

it("stops asking when the caller does", async () => {
  fake.outage = { delayMs: 60_000 };
  const stop = new AbortController();
  const asking = quarry({ ...client, baseUrl: fake.url, env: {} }).token({ signal: stop.signal });
  stop.abort(new Error("enough"));
  await expect(asking).rejects.toThrow("enough");
});

describe("says what is wrong, and shows no secret,", () => {
  it.each([
    [
      "where there is no client",
      { clientId: "" },
      undefined,
      {
        code: "AUTH_TOKEN_NOT_FOUND",
        remedy: expect.stringContaining("Set QUARRY_CLIENT_ID and QUARRY_CLIENT_SECRET."),
      },
    ],
    [
      "where the client is refused",
      { clientSecret: "canary-quarry-ffffffffffffffff" },
      undefined,
      refusal("AUTH_LOGIN_FAILED", 401, /refused the client cl_9 \(invalid_client\)/, /QUARRY_CLIENT_SECRET/),
    ],
    [
      "where a challenge says no more",
      {},
      { status: 401, headers: { "www-authenticate": 'Basic realm="quarry"' } },
      refusal("AUTH_LOGIN_FAILED", 401, /refused the client cl_9 \(no reason\)/, /QUARRY_CLIENT_SECRET/),
    ],
    [
      "where the refusal echoes the secret",
      {},
      { status: 400, body: { error: client.clientSecret, error_description: client.clientSecret } },
      refusal("AUTH_LOGIN_FAILED", 400, /\(no reason\)/, /QUARRY_CLIENT_SECRET/),
    ],
    [
      "where the endpoint is out of order",
      {},
      { status: 503, body: "down" },
      refusal("AUTH_UNREACHABLE", 503, /status 503, which says nothing/, /try again/),
    ],
    [
      "where the endpoint gives no answer",
      {},
      { drop: true },
      refusal("AUTH_UNREACHABLE", undefined, /could not be reached/, /try again/),
    ],
    [
      "where the answer is a redirect, which is not followed",
      {},
      { status: 307, headers: { location: "https://evil.example/" } },
      refusal("AUTH_RESPONSE_MALFORMED", 307, /no access token/, /baseUrl/),
    ],
    [
      "where the answer has no token",
      {},
      { body: { token: canaries[0] } },
      refusal("AUTH_RESPONSE_MALFORMED", 200, /no access token/, /baseUrl/),
    ],
  ])("%s", async (_, options: QuarryOptions, outage, expected) => {
    fake.outage = outage;
    const auth = quarry({ ...client, baseUrl: fake.url, env: {}, ...options });
    const error: unknown = await auth.fetch("/v1/tables").catch((reason: unknown) => reason);
    expect(isAuthError(error)).toBe(true);
    expect(error).toMatchObject(expected);
    const shown =
      inspect([error, await auth.explain(), auth], { depth: 9, showHidden: true }) + JSON.stringify(error);
    const secrets = [
      ...canaries,
      client.clientSecret,
      Buffer.from(`cl_9:${client.clientSecret}`).toString("base64"),
    ];
    expect(secrets.filter((secret) => shown.includes(secret)).length).toBe(0);
  });

  /** The search fails, since a broken source never falls through; what the endpoint did is the cause. */
  function refusal(code: string, status: number | undefined, message: RegExp, remedy: RegExp): object {
    return {
      code: "AUTH_TOKEN_SOURCE_FAILED",
      remedy: expect.stringMatching(remedy),
      cause: { code, ...(status !== undefined && { status }), message: expect.stringMatching(message) },
    };
  }
});
