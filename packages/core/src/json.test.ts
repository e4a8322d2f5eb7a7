import { expect, it } from "vitest";

import { canary } from "./fixtures/acme.ts";
import { parseJson, readData } from "./json.ts";
import { maskOf } from "./mask.ts";

it("masks an echoed token, however the JSON spells it", () => {
  const spelled = `"\\u0063${canary.slice(1)}"`;
  expect(parseJson(`{"a":[${spelled}]}`, maskOf([canary]))).toEqual({ a: ["[token]"] });
});

it("masks an echoed token that stands as a key", () => {
  expect(parseJson(`{"a":{"${canary}":1}}`, maskOf([canary]))).toEqual({ a: { "[token]": 1 } });
});

it("drops __proto__ and leaves every prototype as it was", () => {
  const parsed = parseJson('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
  expect(Object.hasOwn(parsed as object, "__proto__")).toBe(false);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

it("does not quote what it could not parse", () => {
  expect(() => parseJson(`{"token": ${canary}`)).toThrow("It is not JSON.");
});

it("reads a body as JSON, as text where it is none, and as nothing where it is empty", () => {
  const same = (text: string): string => text;
  expect(readData('{"a":1}', same)).toEqual({ a: 1 });
  expect(readData("<html>", same)).toBe("<html>");
  expect(readData("", same)).toBeUndefined();
});
