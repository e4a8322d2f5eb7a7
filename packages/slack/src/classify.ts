import { type AuthErrorCode, type Classification, ownField, type ServiceAnswer, ownText } from "@auth/core";

/** What one of Slack's words means. Without a reason, the word itself is quoted. */
interface Meaning {
  readonly code: AuthErrorCode;
  readonly reason?: string;
  readonly remedy?: string;
}

const rejected: AuthErrorCode = "AUTH_TOKEN_REJECTED";
const denied: AuthErrorCode = "AUTH_PERMISSION_DENIED";
const unreachable: AuthErrorCode = "AUTH_UNREACHABLE";
const malformed: AuthErrorCode = "AUTH_RESPONSE_MALFORMED";

const notJudged = "Try again later; the token may be good.";
const rewritten = "Check that baseUrl ends with /api, and that nothing on the way rewrites the request.";

/**
 * Slack's words for what went wrong, in `error`. The list is not complete: about any other word it is not known whether it
 * is about the token, and so it is not taken for a refusal.
 *
 * @see https://docs.slack.dev/reference/methods/auth.test (read 2026-11)
 */
const meanings: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  [
    "not_authed",
    {
      code: rejected,
      reason: "no token arrived",
      remedy: "Check that no proxy on the way to Slack removes the Authorization header.",
    },
  ],
  ["account_inactive", { code: rejected, reason: "the token's user or workspace is gone" }],
  ["token_revoked", { code: rejected, reason: "the token was revoked, or its user or app is gone" }],
  ["token_expired", { code: "AUTH_TOKEN_EXPIRED", reason: "a rotating token lives for twelve hours" }],
  [
    "not_allowed_token_type",
    {
      code: denied,
      reason: "it is of another kind than this method takes",
      remedy: "Use a bot token (xoxb-) or a user token (xoxp-); an app-level one (xapp-) is for Socket Mode.",
    },
  ],
  ["no_permission", { code: denied }],
  ["access_denied", { code: denied }],
  ["team_access_not_granted", { code: denied, reason: "it has no access to this workspace" }],
  ["enterprise_is_restricted", { code: denied, reason: "this method is not for an Enterprise organization" }],
  ["ekm_access_denied", { code: denied, reason: "administrators have suspended it (key management)" }],
  ["accesslimited", { code: denied, reason: "it may not be used from this network" }],
  ["two_factor_setup_required", { code: denied, reason: "its user has to set up two-factor authentication" }],
  ["org_login_required", { code: unreachable, reason: "the workspace is being moved", remedy: notJudged }],
  ["team_added_to_org", { code: unreachable, reason: "the workspace is being moved", remedy: notJudged }],
  ["ratelimited", { code: "AUTH_RATE_LIMITED" }],
  ...["service_unavailable", "internal_error", "fatal_error", "request_timeout"].map(
    (word): [string, Meaning] => [word, { code: unreachable }],
  ),
  ...[
    "invalid_arg_name",
    "invalid_arguments",
    "invalid_array_arg",
    "invalid_charset",
    "invalid_form_data",
    "invalid_post_type",
    "missing_post_type",
    "invalid_json",
    "json_not_object",
    "unknown_method",
    "method_deprecated",
    "deprecated_endpoint",
  ].map((word): [string, Meaning] => [word, { code: malformed, remedy: rewritten }]),
]);

/**
 * What Slack means by an answer: by its word in `error`, which comes with status 200 as a rule. An `ok: true` is no error,
 * and a status without a word speaks for itself.
 */
export function classify(
  { body, source }: ServiceAnswer,
  { tokenUrl }: { readonly tokenUrl: string },
): Classification {
  if (ownField(body, "ok") === true) return {};
  const word = ownText(body, "error");
  if (word === undefined) return {};
  const another = `Replace the token in ${source} by a new one from ${tokenUrl}`;
  if (word === "invalid_auth") {
    // Two things in one word, and the token may be as good as ever.
    return {
      code: rejected,
      reason: "the token is not known, or this IP address is not allowed to use it (invalid_auth)",
      remedy: `${another}, or have this IP address allowed there.`,
    };
  }
  if (word === "missing_scope") return missingScope(body, tokenUrl);
  const { code, reason, remedy } = meanings.get(word) ?? {};
  return { code, reason: reason === undefined ? word : `${reason} (${word})`, remedy };
}

function missingScope(body: unknown, tokenUrl: string): Classification {
  const needed = ownText(body, "needed");
  const provided = ownText(body, "provided");
  const has = provided === undefined ? "" : ` and has ${provided}`;
  // What stands in a remedy is followed: only what can be a list of scopes.
  const named = /^[\w:.-]{1,60}(?:, ?[\w:.-]{1,60}){0,20}$/.test(needed ?? "")
    ? `the scope ${needed}`
    : "the scope";
  return {
    code: denied,
    reason: `it lacks ${needed ?? "a scope"}${has} (missing_scope)`,
    remedy: `Add ${named} to the app at ${tokenUrl}, and install the app again.`,
  };
}
