import { parseRetryAfter } from "@auth/core";

/** What an answer of Pylon's tells of the limit of its endpoint. */
export interface RateLimit {
  /**
   * Requests that the organization has left for this endpoint in the current minute. Absent where Pylon does not say. It may
   * lag behind, so it is no exact count.
   */
  readonly remaining?: number;
  /** How long Pylon asks to wait. Milliseconds, a day at most. Absent where it does not ask. */
  readonly retryAfterMs?: number;
}

/** A response, or whatever else has its headers. */
export interface AnswerHeaders {
  readonly headers: { get(name: string): string | null };
}

/**
 * The limit by an answer's headers: `X-Rate-Limit-Remaining`, and `X-Retry-After`, else `Retry-After`.
 *
 * @see https://docs.usepylon.com/pylon-docs/developer/api/rate-limits (read 2026-11)
 */
export function rateLimitOf({ headers }: AnswerHeaders, now: () => number = Date.now): RateLimit {
  const told = headers.get("x-rate-limit-remaining")?.trim() ?? "";
  const remaining = /^\d{1,15}$/.test(told) ? Number(told) : undefined;
  const retryAfterMs = retryAfterMsOf(headers, now);
  return {
    ...(remaining !== undefined && { remaining }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** Pylon's own header says it in seconds; the standard one is for what stands between Pylon and here. */
export function retryAfterMsOf(headers: AnswerHeaders["headers"], now: () => number): number | undefined {
  return (
    parseRetryAfter(headers.get("x-retry-after"), now) ?? parseRetryAfter(headers.get("retry-after"), now)
  );
}

/** Pylon's id for an answer, to quote to its support. `undefined` where there is none, as from a gateway. */
export function requestIdOf({ headers }: AnswerHeaders): string | undefined {
  const id = headers.get("x-pylon-request-id")?.trim() ?? "";
  return /^[\x21-\x7E]{1,200}$/.test(id) ? id : undefined;
}
