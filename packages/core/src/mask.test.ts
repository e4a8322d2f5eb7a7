import { expect, it } from "vitest";

import { canary } from "./fixtures/acme.ts";
import { maskOf, safeCause } from "./mask.ts";
import { quotable, safeMessage } from "./safe-message.ts";

it("masks each secret wherever it stands, a longer one first", () => {
  const mask = maskOf([canary, `Bearer ${canary}`]);
  expect(mask(`got "Bearer ${canary}" and ${canary}.`)).toBe('got "[token]" and [token].');
});

it("leaves a text alone where a secret is too short to be told from a word", () => {
  expect(maskOf(["a", ""])("a cat")).toBe("a cat");
});

it("makes one printable line of a stranger's text", () => {
  expect(quotable("one\r\ntwo\u0000\u001B[31m")).toBe("one two [31m");
  expect(quotable("x".repeat(300))).toHaveLength(200);
});

it("keeps the words of a thrown error and drops what could be a token", () => {
  expect(safeMessage(new Error("the vault is sealed"))).toBe("the vault is sealed");
  expect(safeMessage(new Error(`could not parse ${canary}`))).toBe("could not parse [masked]");
  expect(safeMessage(new Error("ENOENT: no such file or directory, open '/run/secrets/acme_token'"))).toBe(
    "ENOENT: no such file or directory, open '/run/secrets/acme_token'",
  );
  expect(safeMessage({ token: canary })).toBe("object");
});

it.each([
  "CanarySecretTokenAbc",
  "s3cr3t-tok",
  "abc/def/ghi123/xyz456",
  "s3cr3tA:s3cr3tB:s3cr3tC",
  "canary-acme-of-plain-words",
  "CANARY_TOKEN",
  "/run/secrets/5e1f0c9a7b3d2846",
])("drops %s", (secret) => {
  expect(safeMessage(new Error(`cannot use ${secret} here`))).toBe("cannot use [masked] here");
});

it("takes only a name and a code that cannot be a token", () => {
  const cause = safeCause(Object.assign(new Error("x"), { name: canary, code: canary }), "x");
  expect({ ...cause, name: cause.name }).toEqual({ name: "Error" });
});

it("makes a cause that has the name and code of an error and none of its other properties", () => {
  const original = Object.assign(new TypeError("x"), { code: "ECONNREFUSED", request: { token: canary } });
  const cause = safeCause(original, "refused");
  expect({ ...cause, name: cause.name, message: cause.message }).toEqual({
    name: "TypeError",
    message: "refused",
    code: "ECONNREFUSED",
  });
});
