import { testProvider } from "@auth/testing";

import { context, createSandbox } from "./fixtures/sandbox.ts";
import { authInterceptor } from "./undici.ts";

function error(type: string, message: string): object {
  return { error: { type, message } };
}

// On a machine of its own, so that no login of this one's plays a part. The other statuses are documented, without texts.
testProvider(createSandbox().provider, {
  env: (token) => ({ DX_SECURITY_CONTEXT: context(token) }),
  header: (token) => ["authorization", `Bearer ${token}`],
  identity: { kind: "user", id: "user-alice" },
  requestIdHeader: "x-request-id",
  authInterceptor,
  entry: new URL("./index.ts", import.meta.url),
  runsOn: "node",
  answers: {
    accepted: { body: { id: "user-alice" } },
    rejected: { body: error("InvalidAuthentication", "the token could not be found") },
    others: [
      {
        name: "expired",
        status: 401,
        body: error("InvalidAuthentication", "The supplied authentication token has expired"),
        code: "AUTH_TOKEN_EXPIRED",
      },
      {
        name: "permission denied, with the status of a refusal",
        status: 401,
        body: error("PermissionDenied", "VIEW permission required"),
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "spending limit",
        status: 403,
        body: error("SpendingLimitExceeded", "The spending limit is exceeded"),
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "rate limited",
        status: 429,
        headers: { "retry-after": "60" },
        body: error("RateLimitConditional", "Too many failing requests"),
        code: "AUTH_RATE_LIMITED",
        retryAfterMs: 60_000,
      },
      {
        name: "throttled",
        status: 503,
        headers: { "retry-after": "60" },
        body: error("ServiceUnavailable", "Try again later"),
        code: "AUTH_UNREACHABLE",
        retryAfterMs: 60_000,
      },
    ],
  },
});
