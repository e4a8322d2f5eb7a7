import { expect, it } from "vitest";

import { kindOf } from "./token-kind.ts";

it.each([
  ["an API key", "sk-ant-api03-abc", "key"],
  ["an admin key", "sk-ant-admin01-abc", "admin"],
  ["a key of an Enterprise organization, which looks like an API key", "sk-ant-api01-abc", "admin"],
  ["a token of a login or a workload", "sk-ant-oat01-abc", "oauth"],
  ["what a gateway gives out", "gw-1234", "key"],
  ["a key with another's beginning inside", "x-sk-ant-oat01-abc", "key"],
])("tells %s by how it begins", (_, token, kind) => {
  expect(kindOf(token)).toBe(kind);
});
