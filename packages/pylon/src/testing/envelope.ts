import type { LoopbackAnswer } from "@auth/testing/loopback";

/** An error as Pylon words it. */
export interface PylonProblem {
  readonly status: number;
  /** Absent where nobody has seen Pylon's. */
  readonly code?: string;
  readonly text: string;
}

/** Those marked as recorded have Pylon's own text; no public record of the others' text exists. */
export const problems = {
  bad_request: { status: 400, text: "Invalid request!" },
  // Recorded.
  invalid_authorization_header: {
    status: 401,
    code: "invalid_authorization_header",
    text: "Token must follow Bearer authorization scheme: https://www.rfc-editor.org/rfc/rfc6750#section-2.1.",
  },
  // Recorded.
  invalid_api_token: { status: 401, code: "invalid_api_token", text: "Invalid API token!" },
  permission_denied: { status: 403, code: "permission_denied", text: "Permission denied!" },
  // Recorded.
  not_found: { status: 404, code: "not_found", text: "Not a valid API URL!" },
  no_such_object: { status: 404, code: "not_found", text: "Object not found!" },
  // Recorded.
  method_not_allowed: { status: 405, code: "method_not_allowed", text: "Method not allowed" },
  rate_limited: { status: 429, code: "rate_limited", text: "Too many requests!" },
  internal: { status: 500, text: "Internal error!" },
} as const satisfies Record<string, PylonProblem>;

/** Only that the text names the host of the token's region is known. */
export function wrongRegion(host: string): PylonProblem {
  return {
    status: 401,
    code: "wrong_region_token",
    text: `This token belongs to another region: use https://${host}.`,
  };
}

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** What Pylon's own answers carry, as recorded in September and October 2026. There is no `www-authenticate`. */
function commonHeaders(requestId: string): Headers {
  return {
    "content-type": "application/json",
    "access-control-expose-headers": "X-Pylon-Request-ID",
    "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
    vary: ["Accept-Encoding", "Origin"],
    "x-pylon-request-id": requestId,
  };
}

/** `code: false` leaves the code out, as Pylon did until September 2026. */
export function problemAnswer(
  problem: PylonProblem,
  { code }: { readonly code: boolean },
  headers: Headers = {},
): LoopbackAnswer {
  const requestId = crypto.randomUUID();
  const body = {
    errors: [problem.text],
    request_id: requestId,
    ...(code && problem.code !== undefined && { code: problem.code }),
  };
  return { status: problem.status, headers: { ...commonHeaders(requestId), ...headers }, body: pretty(body) };
}

export function successAnswer(body: object, remaining: number): LoopbackAnswer {
  const requestId = crypto.randomUUID();
  const headers = {
    ...commonHeaders(requestId),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-rate-limit-remaining": String(remaining),
  };
  return { status: 200, headers, body: pretty({ ...body, request_id: requestId }) };
}

// Recorded of errors by their length. Of successes nothing is known.
function pretty(body: object): string {
  return JSON.stringify(body, null, 2);
}
