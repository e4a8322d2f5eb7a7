import { type AuthErrorCode, type Classification, ownProperties, type ServiceAnswer } from "@auth/core";

/** Tessera's own words for what went wrong. Any other word is judged by the status. */
const meanings: ReadonlyMap<unknown, AuthErrorCode> = new Map([
  ["invalid_key", "AUTH_TOKEN_REJECTED"],
  ["key_expired", "AUTH_TOKEN_EXPIRED"],
  ["scope_missing", "AUTH_PERMISSION_DENIED"],
  ["quota_exceeded", "AUTH_RATE_LIMITED"],
]);

/** What Tessera means by an answer that is not 2xx. */
export function classify({ headers, body }: ServiceAnswer, now: () => number): Classification {
  const { error } = ownProperties(body as { readonly error?: unknown });
  const { type, message } = ownProperties(error as { readonly type?: unknown; readonly message?: unknown });
  // An instant, where the standard header has a duration. Core bounds what comes of it.
  const resetAtMs = Number(headers.get("x-quota-reset") ?? Number.NaN) * 1000;
  return {
    code: meanings.get(type),
    reason: typeof message === "string" ? message : undefined,
    ...(!Number.isNaN(resetAtMs) && { retryAfterMs: resetAtMs - now() }),
  };
}
