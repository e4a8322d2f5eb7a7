import type { LoopbackAnswer } from "@auth/testing/loopback";

import type { KnownToken } from "./token-table.ts";

/** An error as Anthropic words it. */
export interface AnthropicProblem {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Those marked as recorded have Anthropic's own text. */
export const problems = {
  // Recorded.
  unknownKey: { status: 401, type: "authentication_error", message: "invalid x-api-key" },
  // Recorded.
  noCredential: { status: 401, type: "authentication_error", message: "x-api-key header is required" },
  // Recorded.
  unknownBearer: { status: 401, type: "authentication_error", message: "Invalid bearer token" },
  // Recorded.
  noOAuthBeta: {
    status: 401,
    type: "authentication_error",
    message: "OAuth authentication is currently not supported.",
  },
  twoCredentials: {
    status: 401,
    type: "authentication_error",
    message: "Only one of x-api-key and Authorization may be sent.",
  },
  revoked: { status: 401, type: "authentication_error", message: "Invalid authentication credentials" },
  expiredToken: { status: 401, type: "authentication_error", message: "OAuth token has expired" },
  cors: {
    status: 401,
    type: "authentication_error",
    message:
      "CORS requests are not allowed for this Organization because custom retention settings have been applied.",
  },
  deniedAssertion: { status: 401, type: "authentication_error", message: "Authentication failed" },
  organizationDisabled: {
    status: 400,
    type: "invalid_request_error",
    message: "This organization has been disabled.",
  },
  noVersion: { status: 400, type: "invalid_request_error", message: "anthropic-version: header is required" },
  badRequest: { status: 400, type: "invalid_request_error", message: "The request is not valid." },
  billing: { status: 402, type: "billing_error", message: "Your credit balance is too low." },
  wrongKind: {
    status: 403,
    type: "permission_error",
    message: "This credential cannot be used for this endpoint.",
  },
  notFound: { status: 404, type: "not_found_error", message: "Not found" },
  tooLarge: { status: 413, type: "request_too_large", message: "Request exceeds the maximum size" },
  rateLimited: {
    status: 429,
    type: "rate_limit_error",
    message: "This request would exceed your organization's rate limit.",
  },
  internal: { status: 500, type: "api_error", message: "Internal server error" },
  overloaded: { status: 529, type: "overloaded_error", message: "Overloaded" },
} as const satisfies Record<string, AnthropicProblem>;

/** An id as Anthropic makes them. */
function newRequestId(): string {
  return `req_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
}

/** `requestId: false`: the body has `null` for it, as some errors do. The header always has one. */
export function problemAnswer(
  { status, type, message, details }: AnthropicProblem,
  requestId = true,
): LoopbackAnswer {
  const id = newRequestId();
  return {
    status,
    headers: { "content-type": "application/json", "request-id": id },
    body: JSON.stringify({
      type: "error",
      error: { type, message, ...(details !== undefined && { details }) },
      request_id: requestId ? id : null,
    }),
  };
}

export function successAnswer(
  body: object | string,
  token?: KnownToken,
  type = "application/json",
): LoopbackAnswer {
  return {
    headers: {
      "content-type": type,
      "request-id": newRequestId(),
      ...(token !== undefined && { "anthropic-organization-id": token.organization.id }),
      // On Admin requests there is none.
      ...(token !== undefined && token.kind !== "admin" && { "anthropic-workspace-id": token.workspaceId }),
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
}
