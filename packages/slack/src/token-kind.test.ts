import { expect, it } from "vitest";

import { kindOf, tokenPattern } from "./token-kind.ts";

it.each([
  ["xoxb-1-2-abc", "bot"],
  ["xoxe.xoxb-1-abc", "bot"],
  ["xoxp-1-2-abc", "user"],
  ["xoxe.xoxp-1-abc", "user"],
  ["xapp-1-A1-abc", "app"],
  ["xwfp-abc", "workflow"],
  ["xoxe-1-abc", "refresh"],
  ["xoxa-2-abc", "other"],
  ["not-a-secret", "other"],
  ["", "other"],
])("a token that begins like %s is of the kind %s", (token, kind) => {
  expect(kindOf(token)).toBe(kind);
});

it("finds what looks like one of Slack's, and nothing that does not", () => {
  for (const token of [
    "xoxb-111-222-abcDEF",
    "xoxe.xoxp-1-Mi0yLTExMQ",
    "xoxe-1-My0xLTExMS",
    "xapp-1-A01-111-abc",
  ])
    expect(tokenPattern.test(token)).toBe(true);
  for (const text of ["xoxb-", "xoxb-1", "a xoxb-111-222-abcDEF", "xoxz-111-222-abcDEF", "hf_abcdefghijkl"])
    expect(tokenPattern.test(text)).toBe(false);
});
