import { describe, expect, it } from "vitest";

import { retryAfterMsOf, retryDelayMs } from "./retry-delay.ts";

it.each([
  ["7", 7_000],
  ["0", 0],
  ["1000000000", 86_400_000],
  ["Sun, 22 Nov 2099 12:00:30 GMT", undefined],
  ["soon", undefined],
])("takes a Retry-After of %s for %s ms", (value, ms) => {
  expect(retryAfterMsOf(new Headers({ "retry-after": value }))).toBe(ms);
});

/** Seconds before each of the first tries that follow a failed one. */
const seconds = (
  tries: number,
  failed: { status?: number; retryAfterMs?: number },
  random?: () => number,
): number[] =>
  Array.from(
    { length: tries },
    (_, index) => retryDelayMs({ attempts: index + 1, ...failed }, random) / 1000,
  );

describe("retryDelayMs", () => {
  it.each([
    [2, [2, 2, 3, 3, 4]],
    [20, [20, 25, 30, 35, 40]],
    [30, [30, 37, 45, 52, 60]],
    [60, [60, 60, 60, 60, 60]],
    [3600, [3600, 3600, 3600]],
    [0, [0, 0, 0]],
  ])("grows a Retry-After of %i s as the toolkit does", (wait, delays) => {
    for (const status of [429, 503]) {
      expect(seconds(delays.length, { status, retryAfterMs: wait * 1000 })).toEqual(delays);
    }
  });

  it("stops growing at six times a Retry-After", () => {
    expect(seconds(40, { status: 503, retryAfterMs: 20_000 }).slice(20)).toEqual(Array(20).fill(120));
    expect(seconds(40, { status: 503, retryAfterMs: 30_000 }).slice(20)).toEqual(Array(20).fill(180));
  });

  it("waits a second, then a random time that doubles up to a limit", () => {
    expect(seconds(10, {}, () => 0)).toEqual([1, 1, 2, 4, 8, 16, 32, 64, 64, 64]);
    expect(seconds(10, {}, () => 0.999_999)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 128, 128]);
  });

  it.each([
    ["a Retry-After with another status", { status: 500, retryAfterMs: 20_000 }],
    ["throttling without a Retry-After", { status: 429 }],
  ])("goes by the number of tries for %s", (_, failed) => {
    expect(seconds(3, failed, () => 0)).toEqual([1, 1, 2]);
  });
});
