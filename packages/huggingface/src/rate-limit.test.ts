import { describe, expect, it } from "vitest";

import { rateLimitOf, retryAfterMsOf } from "./rate-limit.ts";

describe("the limit of an answer", () => {
  it("is read from its header", () => {
    const headers = new Headers({ RateLimit: '"resolvers";r=499;t=295' });
    expect(rateLimitOf({ headers })).toEqual({ bucket: "resolvers", remaining: 499, resetMs: 295_000 });
  });

  it.each([
    "",
    "api;r=1;t=2",
    '"api"',
    '"api";r=1',
    '"api";t=1',
    '"api";r=-1;t=2',
    '"api";r=1.5;t=2',
    '"api";r=1e9;t=2',
    `"api";r=${"9".repeat(40)};t=2`,
    `"${"a".repeat(100_000)}";r=1;t=2`,
  ])("is not guessed from %j", (told) => {
    expect(rateLimitOf({ headers: new Headers({ ratelimit: told }) })).toBeUndefined();
  });

  it("is absent where there is no header", () => {
    expect(rateLimitOf(new Response())).toBeUndefined();
  });

  it("ends within a day", () => {
    const headers = new Headers({ ratelimit: '"api";r=0;t=99999999' });
    expect(rateLimitOf({ headers })?.resetMs).toBe(86_400_000);
  });
});

describe("the wait after a 429", () => {
  const wait = (headers: Record<string, string>) => retryAfterMsOf(new Headers(headers), () => 0);

  it.each<[string, Record<string, string>, number | undefined]>([
    ["the window's end where nothing is left", { ratelimit: '"api";r=0;t=17', "retry-after": "9" }, 17_000],
    [
      "what the service asks for where another limit was reached",
      { ratelimit: '"api";r=9;t=17', "retry-after": "9" },
      9_000,
    ],
    ["what the service asks for where there is no window", { "retry-after": "9" }, 9_000],
    ["not known where nobody says", { ratelimit: '"api";r=9;t=17' }, undefined],
  ])("is %s", (_, headers, waitMs) => {
    expect(wait(headers)).toBe(waitMs);
  });
});
