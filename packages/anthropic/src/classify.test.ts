import { describe, expect, it } from "vitest";

import { classify } from "./classify.ts";

function classified(
  status: number,
  error: unknown,
  headers: Record<string, string> = {},
  type: unknown = "error",
) {
  const body = { type, error, request_id: "req_1" };
  return classify({ status, headers: new Headers(headers), body, source: "env ANTHROPIC_API_KEY" }, () => 0);
}

describe("by the type of the error", () => {
  it.each([
    [401, "authentication_error", "invalid x-api-key", "AUTH_TOKEN_REJECTED"],
    [401, "authentication_error", "API key is invalid.", "AUTH_TOKEN_REJECTED"],
    [401, "authentication_error", "Invalid bearer token", "AUTH_TOKEN_REJECTED"],
    [401, "authentication_error", "Invalid authentication credentials", "AUTH_TOKEN_REJECTED"],
    [401, "authentication_error", "OAuth token revoked", "AUTH_TOKEN_REJECTED"],
    [401, "authentication_error", "OAuth token has expired. Log in again.", "AUTH_TOKEN_EXPIRED"],
    [402, "billing_error", "No credit", "AUTH_PERMISSION_DENIED"],
    [403, "permission_error", "Missing required scopes. Got: [a] Needed: [b]", "AUTH_PERMISSION_DENIED"],
    [403, "billing_error", "No credit", "AUTH_PERMISSION_DENIED"],
    [429, "rate_limit_error", "Slower", "AUTH_RATE_LIMITED"],
    [500, "api_error", "Internal", "AUTH_UNREACHABLE"],
    [504, "timeout_error", "Timed out", "AUTH_UNREACHABLE"],
    [529, "overloaded_error", "Overloaded", "AUTH_UNREACHABLE"],
  ])("%i %s: %s", (status, type, message, code) => {
    expect(classified(status, { type, message })).toMatchObject({ code, reason: message });
  });

  it.each(["brand_new_error", "constructor", "not_found_error", "request_too_large"])(
    "leaves to the status what is not about the token: %s",
    (type) => {
      expect(classified(404, { type, message: "No" })).toEqual({ reason: "No", requestId: "req_1" });
    },
  );
});

describe("a 401 that is not about the key", () => {
  it("is about the origin of a page", () => {
    const message = "CORS requests are not allowed for this Organization because of its settings.";
    expect(classified(401, { type: "authentication_error", message })).toMatchObject({
      code: "AUTH_PERMISSION_DENIED",
      remedy: expect.stringContaining("Origin"),
    });
  });

  it.each(["x-api-key header is required", "OAuth authentication is currently not supported."])(
    "is about what did not arrive: %s",
    (message) => {
      expect(classified(401, { type: "authentication_error", message })).toMatchObject({
        code: "AUTH_RESPONSE_MALFORMED",
        remedy: expect.stringContaining("removes"),
      });
    },
  );
});

describe("an organization that may not go on, whose key is good,", () => {
  it.each([
    ["This organization has been disabled.", /disabled/],
    [
      "You have reached your specified API usage limits. You will regain access on 2026-12-01.",
      /spend limit/,
    ],
  ])("hides behind a 400: %s", (message, remedy) => {
    expect(classified(400, { type: "invalid_request_error", message })).toMatchObject({
      code: "AUTH_PERMISSION_DENIED",
      remedy: expect.stringMatching(remedy),
    });
  });

  it("is not seen in any other 400", () => {
    expect(
      classified(400, { type: "invalid_request_error", message: "max_tokens: Field required" }).code,
    ).toBe(undefined);
  });

  it.each([
    [403, "permission_error", "organization_on_hold"],
    [400, "invalid_request_error", "organization_type_not_supported"],
    [429, "rate_limit_error", "enforced_spend_limit_reached"],
    [401, "authentication_error", "cmek_key_disabled"],
  ])("says so in its details, whatever the status: %i %s %s", (status, type, error_code) => {
    expect(classified(status, { type, message: "No", details: { error_code } })).toMatchObject({
      code: "AUTH_PERMISSION_DENIED",
      reason: "No",
      remedy: expect.any(String),
    });
  });
});

it("is not the API's where the request was stopped before it", () => {
  const error = { type: "forbidden", message: "Request not allowed" };
  expect(classified(403, error, {}, null)).toMatchObject({
    code: "AUTH_UNREACHABLE",
    reason: "the request was stopped before anybody looked at the token (Request not allowed)",
  });
  expect(classified(403, error)).toMatchObject({ code: "AUTH_PERMISSION_DENIED" });
});

describe("beside the code", () => {
  it("takes the id of the answer, which may be null", () => {
    const told = (request_id: unknown) =>
      classify(
        { status: 400, headers: new Headers(), body: { type: "error", request_id }, source: "x" },
        () => 0,
      ).requestId;
    expect([told("req_2"), told(null), told(7)]).toEqual(["req_2", undefined, undefined]);
  });

  it("waits as exactly as it is asked to, a day at most, and leaves the standard header to core", () => {
    const waits = (headers: Record<string, string>) => classified(429, {}, headers).retryAfterMs;
    expect(waits({ "retry-after-ms": "1500", "retry-after": "2" })).toBe(1500);
    expect(waits({ "retry-after-ms": "999999999999" })).toBe(86_400_000);
    for (const odd of ["", "-1", "soon", "1.5"])
      expect(Object.keys(classified(429, {}, { "retry-after-ms": odd }))).not.toContain("retryAfterMs");
  });

  it.each([
    ["a page", "<h1>Bad gateway</h1>"],
    ["nothing", undefined],
    ["null", null],
    ["a list", [{ type: "error", error: { type: "authentication_error" } }]],
    ["the prototype's", Object.create({ error: { type: "authentication_error" } })],
  ])("makes nothing of %s", (_, body) => {
    const told = classify({ status: 401, headers: new Headers(), body, source: "x" }, () => 0);
    expect(told).toEqual({ reason: undefined, requestId: undefined });
  });
});
