import { expect, it } from "vitest";

import { canary } from "../fixtures/acme.ts";
import { maskOf, safeCause } from "./mask.ts";
import { quotable, safeMessage } from "./safe-message.ts";

it("masks each secret wherever it stands, a longer one first", () => {
  const mask = maskOf([canary, `Bearer ${canary}`]);
  expect(mask(`got "Bearer ${canary}" and ${canary}.`)).toBe('got "[token]" and [token].');
});

it("masks an echoed token, however JSON spells it, as a value and as a key", () => {
  const spelled = String.raw`{"a":["\u0063${canary.slice(1)}"],"${canary}":1}`;
  expect(maskOf([canary])(spelled)).toBe('{"a":["[token]"],"[token]":1}');
});

const awkward = `tok/+="<&>'%${canary}`;

it.each<[string, (text: string) => string]>([
  ["for a URL", encodeURIComponent],
  ["for a URL, in lower case", (text) => encodeURIComponent(text).toLowerCase()],
  ["for a URL, twice", (text) => encodeURIComponent(encodeURIComponent(text))],
  ["for a URL, each character of it", (text) => Buffer.from(text).toString("hex").replace(/../g, "%$&")],
  ["as a form", (text) => new URLSearchParams([["", text]]).toString().slice(1)],
  ["for a page, by number", (text) => text.replace(/\W/g, (one) => `&#${one.charCodeAt(0)};`)],
  [
    "for a page, by number in hexadecimal",
    (text) => text.replace(/\W/g, (one) => `&#x${one.charCodeAt(0).toString(16)};`),
  ],
  [
    "for a page, by name",
    (text) =>
      text
        .replaceAll("&", "&amp;")
        .replaceAll('"', "&quot;")
        .replaceAll("<", "&lt;")
        .replaceAll("'", "&apos;")
        .replaceAll("/", "&sol;"),
  ],
  ["as JSON", (text) => JSON.stringify(text).slice(1, -1)],
  [
    "as JSON with escaped slashes",
    (text) =>
      JSON.stringify(text)
        .slice(1, -1)
        .replaceAll("/", String.raw`\/`),
  ],
  ["as JSON in JSON", (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3)],
  ["as JSON in a URL", (text) => encodeURIComponent(JSON.stringify(text).slice(1, -1))],
  [
    "by its code points",
    (text) => text.replace(/./g, (one) => String.raw`\u00${one.charCodeAt(0).toString(16)}`),
  ],
  [
    "in bytes of a string",
    (text) => text.replace(/./g, (one) => String.raw`\x${one.charCodeAt(0).toString(16)}`),
  ],
  ["in hexadecimal", (text) => Buffer.from(text).toString("hex")],
  ["in Base64", (text) => Buffer.from(text).toString("base64")],
  ["in Base64 for URLs", (text) => Buffer.from(text).toString("base64url")],
  ["in Base64 for a URL", (text) => encodeURIComponent(Buffer.from(text).toString("base64"))],
  ["in the Base64 of more than it", (text) => Buffer.from(`a${text}b`).toString("base64")],
  ["in the Base64 of still more", (text) => Buffer.from(`ab${text}cd`).toString("base64")],
  ["in upper case", (text) => text.toUpperCase()],
])("masks a token that is written %s", (_, write) => {
  expect(maskOf([awkward])(`refused: ${write(awkward)} (try again)`)).toBe("refused: [token] (try again)");
});

it("takes no time worth speaking of for a long text", () => {
  const mask = maskOf([canary, `Bearer ${canary}`]);
  for (const piece of ["%41", "&amp;", String.raw`\u0041`, canary.slice(0, -1), "a"]) {
    const text = piece.repeat(1_048_576 / piece.length);
    const startedAt = performance.now();
    expect(mask(text)).not.toContain("[token]");
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  }
});

it("leaves a text alone where a secret is too short to be told from a word", () => {
  expect(maskOf(["a", ""])("a cat")).toBe("a cat");
});

it("makes one printable line of a stranger's text", () => {
  expect(quotable("one\r\ntwo\u0000\u001B[31m")).toBe("one two [31m");
  expect(quotable("x".repeat(300))).toHaveLength(200);
});

it.each([
  ["\u001B]0;title\u0007", "a terminal's own commands"],
  ["\u009B31m", "the same in one character"],
  ["\u202E", "what turns the direction of writing"],
  ["\u2067", "what turns it apart from the rest"],
  ["\u200B", "what cannot be seen"],
  ["\uFEFF", "a byte order mark"],
  ["\u{E0041}", "a tag that cannot be seen"],
  ["\u2028", "a line break that is none of ASCII's"],
])("leaves %j out of a message: %s", (character) => {
  expect(quotable(`safe${character}text`)).toMatch(/^safe (?:\]0;title |31m)?text$/);
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
  "correct-horse-battery",
  "staple-battery",
  "ABCDEFGHIJKLMNOP",
  "KRSXGZLU-OPQRST",
  "QWERTYUIOP",
  "Abcdefghijklmnop",
  "qwrtzpsdfg",
  "/ABCDEFGHIJKLMNOPQRSTUVW",
  "/run/secrets/5e1f0c9a7b3d2846",
])("drops %s", (secret) => {
  expect(safeMessage(new Error(`cannot use ${secret} here`))).toBe("cannot use [masked] here");
});

it.each(["read-only", "ECONNREFUSED:", "EAI_AGAIN", "authentication", "HTTPS", "~/.config/acme/token.json"])(
  "keeps %s",
  (word) => {
    expect(safeMessage(new Error(`this is ${word}`))).toBe(`this is ${word}`);
  },
);

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

it.each<[string, (pieces: readonly string[]) => string]>([
  ["spaces", (pieces) => pieces.join(" ")],
  ["line breaks", (pieces) => pieces.join("\r\n")],
  ["line breaks of a JSON text", (pieces) => pieces.join(String.raw`\n`)],
  ["tabs in a URL", (pieces) => pieces.join("%09")],
  ["characters that cannot be seen", (pieces) => pieces.join("\u200B\u00AD")],
  ["controls", (pieces) => pieces.join("\u0000\u0007")],
  ["colours of a terminal", (pieces) => pieces.join("\u001B[1;31m")],
])("masks a token in pieces, with %s in between", (_, join) => {
  const pieces = canary.match(/.{1,5}/g) ?? [];
  expect(maskOf([canary])(`the token ${join(pieces)} is bad`)).toBe("the token [token] is bad");
});

it("masks Base64 in lines, and leaves the words beside it", () => {
  const base64 = Buffer.from(`Authorization: Bearer ${canary}`).toString("base64");
  const masked = maskOf([canary])(`it had ${base64.match(/.{1,20}/g)?.join("\n")} in it`);
  expect(masked).toMatch(/^it had [\w\s]+\[token\]\w?=* in it$/);
});

it.each<[string, (code: number) => string]>([
  ["as escape() writes them", (code) => `%u00${code.toString(16)}`],
  ["in octal", (code) => `\\${code.toString(8).padStart(3, "0")}`],
  ["by long numbers", (code) => `&#000000${code};`],
  ["by long numbers in hexadecimal", (code) => `&#x0000000${code.toString(16)};`],
])("masks the characters of a token %s", (_, spell) => {
  const spelled = Array.from(canary, (one) => spell(one.charCodeAt(0))).join("");
  expect(maskOf([canary])(`>${spelled}<`)).toBe(">[token]<");
});

it("leaves words that only look like a short secret without the space between them", () => {
  expect(maskOf(["secret"])("a sec retry")).toBe("a sec retry");
});

it("reads no more of a long message than can be shown, in whole words", () => {
  const message = safeMessage(new Error(`it broke ${".".repeat(1_000_000)}x ${canary}`));
  expect(message).toBe("it broke");
  expect(safeMessage(new Error(`${canary} `.repeat(1_000)))).toMatch(/^(?:\[masked\] ){5}/);
});
