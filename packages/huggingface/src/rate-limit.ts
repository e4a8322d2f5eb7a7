import { parseRetryAfter } from "@auth/core";

/** What an answer of the Hub tells of the limit that the request counts for. */
export interface RateLimit {
  /** `api`, `resolvers` or `pages`: each has a limit of its own. */
  readonly bucket: string;
  /** Requests that are left in the current window of five minutes. */
  readonly remaining: number;
  /** Until the next window. Milliseconds, a day at most. */
  readonly resetMs: number;
}

/** A response, or whatever else has its headers. */
export interface AnswerHeaders {
  readonly headers: { get(name: string): string | null };
}

/**
 * The limit by an answer's header `RateLimit: "api";r=499;t=295`, which the Hub sends with every answer; `undefined` where
 * there is none, or none that can be read.
 *
 * @see https://huggingface.co/docs/hub/rate-limits (read 2026-11)
 */
export function rateLimitOf({ headers }: AnswerHeaders): RateLimit | undefined {
  const told = headers.get("ratelimit") ?? "";
  const [, bucket] = /^\s*"([\w-]{1,40})"/.exec(told) ?? [];
  const [remaining, seconds] = ["r", "t"].map(
    (name) => new RegExp(`;\\s*${name}=(\\d{1,9})(?=\\s*(?:;|$))`).exec(told)?.[1],
  );
  const resetMs = parseRetryAfter(seconds);
  if (bucket === undefined || remaining === undefined || resetMs === undefined) return undefined;
  return { bucket, remaining: Number(remaining), resetMs };
}

/**
 * How long a 429 asks to wait. The window's end counts only where nothing is left of it: otherwise another limit was reached,
 * such as that of whoami, and `Retry-After` says how long, or nobody does.
 */
export function retryAfterMsOf(headers: AnswerHeaders["headers"], now: () => number): number | undefined {
  const limit = rateLimitOf({ headers });
  return limit?.remaining === 0 ? limit.resetMs : parseRetryAfter(headers.get("retry-after"), now);
}
