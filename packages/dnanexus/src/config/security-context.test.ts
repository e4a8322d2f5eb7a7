import { describe, expect, it } from "vitest";

import { readSecurityContext } from "./security-context.ts";

describe("readSecurityContext", () => {
  it.each([
    '{"auth_token":"EXAMPLEtoken0123456789","auth_token_type":"Bearer"}',
    '{"auth_token": "EXAMPLEtoken0123456789", "auth_token_type": "bearer"}',
    '{"auth_token_type":"BEARER","auth_token":"EXAMPLEtoken0123456789","more":1}',
  ])("reads a bearer token, however its type is spelled: %s", (text) => {
    const context = readSecurityContext(text);
    expect(context.state === "token" && context.reveal()).toBe("EXAMPLEtoken0123456789");
  });

  it.each(['{"auth_token":"PUBLIC","auth_token_type":"Bearer"}', '{"auth_token": "PUBLIC"}'])(
    "takes the PUBLIC context for logged out: %s",
    (text) => expect(readSecurityContext(text)).toEqual({ state: "logged out" }),
  );

  it.each([
    ["not JSON", "canary-token", "is not JSON"],
    ["half of a JSON text", '{"auth_token":"canary-token', "is not JSON"],
    ["an array", '["canary-token"]', "is not a JSON object"],
    ["null", "null", "is not a JSON object"],
    ["a context without a token", '{"auth_token_type":"Bearer"}', "has no auth_token"],
    ["a blank token", '{"auth_token_type":"Bearer","auth_token":" "}', "has no auth_token"],
    ["a token that is no text", '{"auth_token_type":"Bearer","auth_token":5}', "has no auth_token"],
    [
      "an inherited token",
      '{"__proto__":{"auth_token":"canary-token"},"auth_token_type":"Bearer"}',
      "has no auth_token",
    ],
    ["no type", '{"auth_token":"canary-token"}', "is not of the token type Bearer"],
    [
      "another type",
      '{"auth_token":"canary-token","auth_token_type":"Basic"}',
      "is not of the token type Bearer",
    ],
  ])("calls %s broken, without quoting it", (_, text, problem) => {
    const context = readSecurityContext(text);
    expect(context).toEqual({ state: "broken", problem: `the security context ${problem}` });
  });

  it("does not show a token that is printed", () => {
    const context = readSecurityContext('{"auth_token":"canary-token","auth_token_type":"Bearer"}');
    expect(JSON.stringify(context)).not.toContain("canary");
  });
});
