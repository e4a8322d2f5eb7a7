import { expect, it } from "vitest";

import { boundedWait, parseRetryAfter } from "./retry-after.ts";

const now = (): number => Date.UTC(2026, 10, 22, 12, 0, 0);

it.each([
  ["7", 7_000],
  [" 0 ", 0],
  ["86400", 86_400_000],
  ["1000000000000", 86_400_000],
  ["Sun, 22 Nov 2026 12:00:30 GMT", 30_000],
  ["Sun, 22 Nov 2020 12:00:30 GMT", 0],
  ["Sun, 22 Nov 2999 12:00:30 GMT", 86_400_000],
])("reads %j", (value, ms) => {
  expect(parseRetryAfter(value, now)).toBe(ms);
});

it.each([null, undefined, "", "soon", "-1", "1.5", "1e9", "Infinity", "NaN", "Nothing, really"])(
  "does not guess at %j",
  (value) => {
    expect(parseRetryAfter(value, now)).toBeUndefined();
  },
);

it("bounds a wait that a service gave as a number", () => {
  expect(boundedWait(-5)).toBe(0);
  expect(boundedWait(Number.POSITIVE_INFINITY)).toBe(86_400_000);
  expect(boundedWait(Number.NaN)).toBeUndefined();
});
