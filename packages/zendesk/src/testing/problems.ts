import type { LoopbackAnswer } from "@auth/testing/loopback";

/** A refusal that the fake can give, by name. */
export type ZendeskProblemName =
  | "not_authenticated"
  | "invalid_token"
  | "missing_scope"
  | "forbidden"
  | "no_help_desk"
  | "record_not_found"
  | "rate_limited"
  | "rate_limited_json"
  | "cloudflare"
  | "maintenance"
  | "invalid_grant"
  | "invalid_client"
  | "invalid_request";

/** The refusals by name. The comments say which were seen, and which are as clients expect them. */
export const problems: Readonly<Record<ZendeskProblemName, LoopbackAnswer & { readonly status: number }>> = {
  // Seen.
  not_authenticated: { status: 401, body: { error: "Couldn't authenticate you" } },
  // Seen. One word for a token that has expired and for one that was revoked.
  invalid_token: {
    status: 401,
    body: {
      error: "invalid_token",
      error_description:
        "The access token provided is expired, revoked, malformed or invalid for other reasons.",
    },
  },
  missing_scope: {
    status: 403,
    body: {
      error: "Forbidden",
      description: "You are missing the following required scopes: read",
    },
  },
  forbidden: {
    status: 403,
    body: {
      error: {
        title: "Forbidden",
        message:
          "You do not have access to this page. Please contact the account owner of this help desk for further help.",
      },
    },
  },
  no_help_desk: {
    status: 404,
    body: {
      error: {
        title: "No help desk at acme.zendesk.com",
        message: "There is no help desk configured at this address.",
      },
    },
  },
  // Seen.
  record_not_found: { status: 404, body: { error: "RecordNotFound", description: "Not found" } },
  // The texts of limits are not fixed; that of a user's own is no JSON.
  rate_limited: {
    status: 429,
    headers: { "retry-after": "17", "content-type": "text/plain; charset=UTF-8" },
    body: "Number of allowed API requests per minute exceeded",
  },
  rate_limited_json: {
    status: 429,
    headers: { "retry-after": "17" },
    body: { error: "APIRateLimitExceeded", description: "Number of allowed requests exceeded" },
  },
  // Of what stands in front of Zendesk.
  cloudflare: {
    status: 403,
    headers: { "content-type": "text/html; charset=UTF-8", "cf-ray": "8f00000000000000-FRA" },
    body: "<!DOCTYPE html><title>Attention Required! | Cloudflare</title>",
  },
  maintenance: { status: 503, headers: { "retry-after": "17" }, body: { error: "ServiceUnavailable" } },
  // As one client describes it: status and words are not confirmed.
  invalid_grant: {
    status: 400,
    body: { error: "invalid_grant", error_description: "The provided refresh token is invalid." },
  },
  invalid_client: { status: 401, body: { error: "invalid_client" } },
  invalid_request: { status: 400, body: { error: "invalid_request" } },
};

/** What Zendesk has to say about a status, when a test asks for that alone. */
export function problemOf(status: number): LoopbackAnswer {
  return (
    Object.values(problems).find((problem) => problem.status === status) ?? {
      status,
      body: { error: "InternalError" },
    }
  );
}
