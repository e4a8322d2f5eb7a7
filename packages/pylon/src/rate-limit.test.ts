import { expect, it } from "vitest";

import { canary, fakePylon } from "./fixtures/pylon-on-loopback.ts";
import { pylon, rateLimitOf, requestIdOf } from "./index.ts";

it("tells what is left after each request, and how long to wait where nothing is", async () => {
  const fake = await fakePylon({ limits: { "GET /issues": 2 }, now: () => 0 });
  const auth = pylon({ baseUrl: fake.url, token: canary });
  const answers = [await auth.fetch("/issues"), await auth.fetch("/issues"), await auth.fetch("/issues")];
  expect(answers.map((answer) => rateLimitOf(answer))).toEqual([
    { remaining: 1 },
    { remaining: 0 },
    { retryAfterMs: 60_000 },
  ]);
  expect(new Set(answers.map(requestIdOf)).size).toBe(3);
  expect(requestIdOf(answers[0]!)).toMatch(/^[0-9a-f-]{36}$/);
});

it.each<[string, Record<string, string>, object]>([
  ["nothing", {}, {}],
  ["X-Retry-After first", { "x-retry-after": "7", "retry-after": "9" }, { retryAfterMs: 7_000 }],
  ["Retry-After where there is no other", { "retry-after": "9" }, { retryAfterMs: 9_000 }],
  ["Retry-After as a date", { "retry-after": "Thu, 01 Jan 1970 00:00:20 GMT" }, { retryAfterMs: 15_000 }],
  ["no number that is none", { "x-rate-limit-remaining": "-1", "x-retry-after": "soon" }, {}],
  ["no name that Pylon does not use", { "x-ratelimit-remaining": "3" }, {}],
  ["a day at most", { "x-retry-after": "99999999" }, { retryAfterMs: 86_400_000 }],
])("reads %s", (_, headers, expected) => {
  expect(rateLimitOf(new Response(null, { headers }), () => 5_000)).toEqual(expected);
});

it.each([{}, { "x-pylon-request-id": " " }, { "x-pylon-request-id": "a b" }, { "x-request-id": "r-1" }])(
  "finds no request id in %j",
  (headers: Record<string, string>) => {
    expect(requestIdOf(new Response(null, { headers }))).toBeUndefined();
  },
);
