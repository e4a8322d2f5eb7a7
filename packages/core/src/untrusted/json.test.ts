import process from "node:process";

import { expect, it } from "vitest";

import { canary } from "../fixtures/acme.ts";
import { parseJson, readData } from "./json.ts";

it("drops __proto__ and leaves every prototype as it was", () => {
  const parsed = parseJson('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
  expect(Object.hasOwn(parsed as object, "__proto__")).toBe(false);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

it("drops __proto__ at any depth, however it is spelled", () => {
  const spelled = String.raw`{"a":[{"\u005f_proto__":{"b":1},"c":{"__proto__":1}}]}`;
  const [inner] = (parseJson(spelled) as { a: [{ c: object }] }).a;
  expect([Object.keys(inner), Object.keys(inner.c)]).toEqual([["c"], []]);
});

it("does not quote what it could not parse", () => {
  expect(() => parseJson(`{"token": ${canary}`)).toThrow("It is not JSON.");
});

it("reads a body as JSON, as text where it is none, and as nothing where it is empty", () => {
  expect(readData('{"a":1}')).toEqual({ a: 1 });
  expect(readData("<html>")).toBe("<html>");
  expect(readData("")).toBeUndefined();
});

/** 1 MiB of something that is repeated, between a beginning and an end. */
function mebibyte(begin: string, repeated: (index: number) => string, end: string): string {
  let text = begin;
  for (let index = 0; text.length < 1_048_576; index++) text += repeated(index);
  return text + end;
}
const half = 1_048_576 / 2;

it.each([
  ["numbers", mebibyte("[1", () => ",1", "]")],
  ["lists in lists", "[".repeat(half) + "]".repeat(half)],
  ["objects in objects", '{"a":'.repeat(half / 3) + "1" + "}".repeat(half / 3)],
  ["empty objects", mebibyte("[{}", () => ",{}", "]")],
  ["one object with a key for each value", mebibyte('{"a":1', (index) => `,"k${index}":1`, "}")],
  ["objects with a key each of their own", mebibyte("[1", (index) => `,{"k${index}":1}`, "]")],
  ["forbidden keys", mebibyte("[1", () => ',{"__proto__":1}', "]")],
  [
    "forbidden keys that are spelled with escapes",
    mebibyte("[1", () => String.raw`,{"\u005f_proto__":[]}`, "]"),
  ],
  ["escapes", mebibyte('"', () => String.raw`\u0041`, '"')],
  ["lists in lists, with a key to look for", `{"\\u005f":${"[".repeat(half)}${"]".repeat(half)}}`],
  ["one number", mebibyte("1", () => "0", "")],
  ["what is no JSON in its last character", mebibyte("[1", () => ",1", "")],
])("parses 1 MiB of %s without holding the program up", (_, text) => {
  // The least of a few, of the processor's time: what a busy machine takes of the clock does not count.
  const times = Array.from({ length: 8 }, () => {
    const before = process.threadCpuUsage();
    readData(text);
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  });
  expect(Math.min(...times)).toBeLessThan(100);
});
