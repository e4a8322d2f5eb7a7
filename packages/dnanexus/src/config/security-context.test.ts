import { describe, expect, it } from "vitest";

import { environmentPlace } from "./environment-place.ts";
import { tokenIn } from "./security-context.ts";

const read = (text: string) => tokenIn(environmentPlace({ DX_SECURITY_CONTEXT: text }).read());

describe("tokenIn", () => {
  it.each([
    '{"auth_token":"EXAMPLEtoken0123456789","auth_token_type":"Bearer"}',
    '{"auth_token": "EXAMPLEtoken0123456789", "auth_token_type": "bearer"}',
    '{"auth_token_type":"BEARER","auth_token":"EXAMPLEtoken0123456789","more":1}',
  ])("reads a bearer token, however its type is spelled: %s", (text) => {
    const reading = read(text);
    expect(reading.state === "set" && reading.value()).toBe("EXAMPLEtoken0123456789");
  });

  it.each(['{"auth_token":"PUBLIC","auth_token_type":"Bearer"}', '{"auth_token": "PUBLIC"}'])(
    "takes the PUBLIC context for logged out: %s",
    (text) =>
      expect(read(text)).toMatchObject({
        state: "hidden",
        reason: "DX_SECURITY_CONTEXT holds the PUBLIC context, which means logged out",
      }),
  );

  it.each([
    ["a token alone", "canary-token", "it is a token alone, without the JSON around it"],
    ["a token of other signs", "canary+/=.~token", "it is a token alone, without the JSON around it"],
    ["no JSON", "auth_token: canary-token", "the security context is not JSON"],
    ["half of a JSON text", '{"auth_token":"canary-token', "the security context is not JSON"],
    ["the quotes of another language", "{'auth_token':'canary-token'}", "the security context is not JSON"],
    ["an array", '["canary-token"]', "the security context is not a JSON object"],
    ["a text", '"canary-token"', "the security context is not a JSON object"],
    ["null", "null", "the security context is not a JSON object"],
    ["a context without a token", '{"auth_token_type":"Bearer"}', "the security context has no auth_token"],
    [
      "a blank token",
      '{"auth_token_type":"Bearer","auth_token":" "}',
      "the security context has no auth_token",
    ],
    [
      "a token that is no text",
      '{"auth_token_type":"Bearer","auth_token":5}',
      "the security context has no auth_token",
    ],
    [
      "an inherited token",
      '{"__proto__":{"auth_token":"canary-token"},"auth_token_type":"Bearer"}',
      "the security context has no auth_token",
    ],
    ["no type", '{"auth_token":"canary-token"}', "the security context is not of the token type Bearer"],
    [
      "another type",
      '{"auth_token":"canary-token","auth_token_type":"Basic"}',
      "the security context is not of the token type Bearer",
    ],
  ])("calls %s broken, with the form to write, without quoting it", (_, text, problem) => {
    expect(read(text)).toEqual({
      state: "broken",
      problem,
      remedy:
        'Set DX_SECURITY_CONTEXT to {"auth_token_type":"Bearer","auth_token":"…"}, or unset it to use the saved login.',
    });
  });

  it("does not show a token that is printed", () => {
    const reading = read('{"auth_token":"canary-token","auth_token_type":"Bearer"}');
    expect(JSON.stringify(reading)).not.toContain("canary");
  });
});
