import { createHash } from "node:crypto";
import { inspect } from "node:util";

import { expect, it } from "vitest";

import { canary } from "../fixtures/acme.ts";
import { createToken, tokenProblem } from "./token.ts";

const token = createToken(canary, "env ACME_TOKEN", 1_800_000_000_000);

it("gives the secret out through reveal and nothing else", () => {
  expect(token.reveal()).toBe(canary);
  const printed = [
    String(token),
    `${token}`,
    JSON.stringify({ token }),
    inspect(token),
    inspect({ deep: [token] }, { showHidden: true, depth: Number.POSITIVE_INFINITY }),
    inspect(token, { customInspect: false, showHidden: true }),
    inspect(structuredClone({ ...token })),
    Object.entries(token).join(),
  ];
  expect(printed.join("\n")).not.toContain(canary);
  expect(printed.slice(0, 2)).toEqual(["[token from env ACME_TOKEN]", "[token from env ACME_TOKEN]"]);
  expect(printed[2]).toBe('{"token":"[token from env ACME_TOKEN]"}');
  expect(printed[3]).toBe("[token from env ACME_TOKEN]");
});

it("has a fingerprint that is the beginning of its SHA-256", () => {
  expect(token.fingerprint()).toBe(createHash("sha256").update(canary).digest("hex").slice(0, 8));
});

it("knows no expiry where nobody gave one", () => {
  expect(Object.keys(createToken(canary, "env ACME_TOKEN"))).toEqual(["source"]);
  expect(token.expiresAt).toBe(1_800_000_000_000);
});

it.each([
  ["a\nb", "has a line break at position 2 of 3"],
  ["a\r", "has a line break at position 2 of 2"],
  ["a b", "has a space at position 2 of 3"],
  ["\u0000", "has a control character at position 1 of 1"],
  ["a\u007F", "has a control character at position 2 of 2"],
  ["é", "has a character outside ASCII at position 1 of 1"],
  ["\u{1F511}", "has a character outside ASCII at position 1 of 2"],
  ['"abc"', "is in quotes"],
  ["'abc'", "is in quotes"],
  ["Bearer abc", "begins with the word Bearer, which the header adds by itself"],
  ["a".repeat(16_385), "is 16385 characters long; 16384 is the most a header can carry"],
])("tells the place of what cannot be sent, and none of the value: %j", (value, problem) => {
  expect(tokenProblem(value)).toBe(problem);
});

it("accepts every visible character of ASCII, up to 16 KiB", () => {
  const visible = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join("");
  expect(tokenProblem(visible)).toBeUndefined();
  expect(tokenProblem("a".repeat(16_384))).toBeUndefined();
});
