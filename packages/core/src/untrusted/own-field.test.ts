import { expect, it } from "vitest";

import { ownField, isJsonObject, ownText } from "./own-field.ts";

it("reads a member of an object, and nothing that the object inherits or computes", () => {
  const body = JSON.parse('{"id":"a","__proto__":{"id":"b"}}') as unknown;
  expect([ownField(body, "id"), ownField(body, "name")]).toEqual(["a", undefined]);
  expect(ownField({}, "constructor")).toBeUndefined();
  const computed = {
    get id() {
      return expect.unreachable("It was called.");
    },
  };
  expect(ownField(computed, "id")).toBeUndefined();
});

it.each([undefined, null, "text", 5, true])("finds nothing in %j", (value) => {
  expect([ownField(value, "length"), ownText(value, "length")]).toEqual([undefined, undefined]);
});

it("takes a text with something in it, as it came", () => {
  const body = { id: " a ", blank: " \n", empty: "", count: 5, nothing: null };
  expect(Object.keys(body).map((name) => ownText(body, name))).toEqual([" a ", ...Array.from({ length: 4 })]);
});

it.each<[unknown, boolean]>([
  [{}, true],
  [[], false],
  [null, false],
  ["{}", false],
])("tells a JSON object from anything else: %j", (value, is) => {
  expect(isJsonObject(value)).toBe(is);
});
