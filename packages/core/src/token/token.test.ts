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

const problems: readonly [value: string, problem: string][] = [
  ["a\nb", "has a line break at position 2 of 3"],
  ["a\r", "has a line break at position 2 of 2"],
  ["a b", "has a space at position 2 of 3"],
  ["\u0000", "has a control character at position 1 of 1"],
  ["a\u007F", "has a control character at position 2 of 2"],
  ["é", "has a character outside ASCII at position 1 of 1"],
  ["\u{1F511}", "has a character outside ASCII at position 1 of 2"],
  ['"abc"', "is in quotes"],
  ["'abc'", "is in quotes"],
  ...[
    "${ACME_TOKEN}",
    "$(ACME_TOKEN)",
    "${{ secrets.ACME }}",
    "$ACME_TOKEN",
    "$env:ACME_TOKEN",
    "{env:ACME_TOKEN}",
    "{token}",
    "{{ token }}",
  ].map((value): [string, string] => [value, "is a placeholder that nobody filled in"]),
  ...[
    "<token>",
    "<your token>",
    "[token]",
    "%ACME_TOKEN%",
    "your-token-here",
    "YOUR_API_KEY",
    "changeme",
    "CHANGE_ME",
    "xxxxxxxx",
    // As long as a token.
    "your-long-acme-v2-api-token",
    "YOUR_ACME_API_ACCESS_KEY_HERE",
    "xxxxxxxxxxxxxxxxxxxxxxxx",
    "__ACME_API_ACCESS_TOKEN__",
  ].map((value): [string, string] => [value, "is a placeholder that nobody filled in"]),
  ...["***", "*******", "acme_***********cdef", "•••••", "....................", "acme_abcdefghijkl***"].map(
    (value): [string, string] => [value, "is masked: only a part of it is left, or nothing"],
  ),
  ...["undefined", "null", "None", "NaN", "[object Object]"].map((value): [string, string] => [
    value,
    "is a word of a program and no token, as a variable gives it that is not set",
  ]),
  ...[
    "op://vault/acme/token",
    "vault://kv/acme",
    "aws-sm://acme",
    "https://api.acme.example",
    "file:///run/token",
  ].map((value): [string, string] => [value, "is an address or a reference to a secret, and not the secret"]),
  ...["ACME_TOKEN=abc", "export ACME_TOKEN=abc", "ACME_TOKEN='abc'", "ACME_TOKEN = abc"].map(
    (value): [string, string] => [value, "is a line NAME=value, and not the value alone"],
  ),
  ["Bearer abc", "begins with the word Bearer, which the header adds by itself"],
  ["a".repeat(16_385), "is 16385 characters long; 16384 is the most a header can carry"],
];

it.each(problems)("tells the place of what cannot be sent, and none of the value: %j", (value, problem) => {
  expect(tokenProblem(value)).toBe(problem);
});

it("accepts every visible character of ASCII, up to 16 KiB", () => {
  const visible = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join("");
  expect(tokenProblem(visible)).toBeUndefined();
  expect(tokenProblem("a".repeat(16_384))).toBeUndefined();
});

it.each([
  "QUJD=",
  "QUJDRA==",
  "A=",
  "abc=def",
  "a$b",
  "$2b$10$abc",
  "x",
  "xx-1",
  "trueish",
  "nullable",
  "a.b.c",
  "acme_<1>",
  "12*34**5",
  "none-1",
])("takes %s for a token, whatever it resembles", (value) => {
  expect(tokenProblem(value)).toBeUndefined();
});
