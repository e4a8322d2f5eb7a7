import { ownField } from "@auth/core";

import { rateLimitOf } from "./rate-limit.ts";

/** The part of ky's options that {@link pylonRetry} looks at and changes. */
export interface RetriedOptions {
  retry?: unknown;
}

/**
 * Methods that may be sent twice (RFC 9110, section 9.2.2). Not POST and PATCH: what went wrong may have been the answer
 * and not the request.
 */
const safeToRepeat = ["get", "head", "options", "put", "delete"];
const worthRepeating = [429, 500, 502, 503, 504];
/** Pylon counts by the minute, so that no honest wait is longer. Milliseconds. */
const longestWaitMs = 60_000;

/**
 * For ky: `ky.create({ …, hooks: { init: [pylonRetry] } })`. Repeats 429, 500, 502, 503, 504 and broken connections, for
 * methods that are safe to repeat, after what `X-Retry-After` says, else `Retry-After`, else a growing pause. An answer that
 * asks to wait for more than a minute is given back. What the option `retry` says comes first: `limit` (default 2),
 * `methods`, `statusCodes`, `maxRetryAfter`, `delay`.
 */
export function pylonRetry(options: RetriedOptions): void {
  const { retry } = options;
  const given = typeof retry === "number" ? { limit: retry } : typeof retry === "object" ? retry : {};
  const statuses = ownField(given, "statusCodes") ?? worthRepeating;
  const longest = Number(ownField(given, "maxRetryAfter") ?? longestWaitMs);
  // One for each request: ky gives `delay` nothing by which two requests could be told apart.
  let waitMs: number | undefined;
  const merged = {
    methods: safeToRepeat,
    statusCodes: worthRepeating,
    // Half of it at random, so that those who failed together do not come back together.
    delay: (attempt: number) => 300 * 2 ** (attempt - 1) * (0.5 + Math.random() / 2),
    ...given,
    // ky would read the standard header alone.
    afterStatusCodes: [],
  };
  const pause = merged.delay;
  options.retry = {
    ...merged,
    delay: (attempt: number) => waitMs ?? pause(attempt),
    shouldRetry({ error }: { readonly error: Error }): boolean | undefined {
      waitMs = undefined;
      const response = responseOf(error);
      if (response === undefined) return undefined;
      if (!Array.isArray(statuses) || !statuses.includes(response.status)) return false;
      waitMs = rateLimitOf(response).retryAfterMs;
      return waitMs === undefined || waitMs <= longest;
    },
  };
}

/** The answer that an error is about, if one is: of the platform's `fetch`, or of another one. */
function responseOf(error: Error): Pick<Response, "status" | "headers"> | undefined {
  const response = ownField(error, "response");
  return typeof response === "object" && response !== null && "status" in response && "headers" in response
    ? (response as Response)
    : undefined;
}
