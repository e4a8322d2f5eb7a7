import { testProvider } from "@auth/testing";

import { anthropic } from "./index.ts";
import { authInterceptor } from "./undici.ts";

const organization = "0b6d7d0a-5f7e-4a52-8d1c-6a1d2f6f0c33";
const request_id = "req_011CU0Example0000000000";

function refusal(status: number, type: string, message: string, details?: object) {
  const error = { type, message, ...(details !== undefined && { details }) };
  return { status, body: { type: "error", error, request_id } };
}

// The refusals of a key are recorded; the answer with models and what an admin is told are from Anthropic's pages.
testProvider(anthropic, {
  env: "ANTHROPIC_API_KEY",
  header: (token) => ["x-api-key", token],
  headers: { "anthropic-version": "2023-06-01" },
  identity: { kind: "organization", id: organization, workspaceId: "wrkspc_01Acme" },
  requestIdHeader: "request-id",
  verifyPath: "/v1/models?limit=1",
  authInterceptor,
  entry: new URL("./index.ts", import.meta.url),
  answers: {
    accepted: {
      headers: {
        "anthropic-organization-id": organization,
        "anthropic-workspace-id": "wrkspc_01Acme",
      },
      body: { data: [], has_more: false, first_id: null, last_id: null },
    },
    rejected: refusal(401, "authentication_error", "invalid x-api-key"),
    others: [
      {
        name: "a disabled organization, behind a 400",
        ...refusal(400, "invalid_request_error", "This organization has been disabled."),
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "a page's origin",
        ...refusal(401, "authentication_error", "CORS requests are not allowed for this Organization"),
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "permission denied",
        ...refusal(403, "permission_error", "This credential cannot be used for this endpoint."),
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "stopped before the API",
        status: 403,
        body: { error: { type: "forbidden", message: "Request not allowed" } },
        code: "AUTH_UNREACHABLE",
      },
      {
        name: "the month's spend",
        ...refusal(429, "rate_limit_error", "No more this month", {
          error_code: "enforced_spend_limit_reached",
        }),
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "rate limited",
        ...refusal(429, "rate_limit_error", "Slower, please"),
        headers: { "retry-after-ms": "17500", "retry-after": "18" },
        code: "AUTH_RATE_LIMITED",
        retryAfterMs: 17_500,
      },
      { name: "overloaded", ...refusal(529, "overloaded_error", "Overloaded"), code: "AUTH_UNREACHABLE" },
    ],
  },
  kinds: [
    {
      name: "an admin key",
      sampleToken: () => `sk-ant-admin01-canary-anthropic-${crypto.randomUUID()}`,
      verifyPath: "/v1/organizations/me",
      identity: { kind: "organization", id: organization, label: "Acme" },
      answers: {
        accepted: { body: { id: organization, type: "organization", name: "Acme" } },
        rejected: refusal(401, "authentication_error", "invalid x-api-key"),
      },
    },
    {
      name: "a token of OAuth",
      sampleToken: () => `sk-ant-oat01-canary-anthropic-${crypto.randomUUID()}`,
      header: (token) => ["authorization", `Bearer ${token}`],
      headers: { "anthropic-version": "2023-06-01", "anthropic-beta": "oauth-2025-04-20" },
    },
  ],
});
