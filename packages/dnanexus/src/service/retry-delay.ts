import { type FailedTry, parseRetryAfter } from "@auth/core";

/** The wait that the service asks for. Milliseconds. Only whole seconds count: the toolkit ignores an HTTP date. */
export function retryAfterMsOf(headers: Headers): number | undefined {
  const value = headers.get("retry-after");
  return value !== null && /^\d+$/.test(value) ? parseRetryAfter(value) : undefined;
}

/**
 * How long to wait before the next try, by the toolkit's arithmetic. Milliseconds.
 *
 * Throttled (429 or 503) with a `Retry-After` of whole seconds: that long, and below a minute up to six times as long
 * as tries go on. Otherwise 1 s, then a random whole number of seconds that doubles from 1 to 2 up to 64 to 128.
 *
 * @see https://github.com/dnanexus/dx-toolkit/blob/master/src/api_wrappers/README.md (read 2026-11)
 */
export function retryDelayMs(
  { attempts, status, retryAfterMs: askedMs }: FailedTry,
  random: () => number = Math.random,
): number {
  if ((status === 429 || status === 503) && askedMs !== undefined) {
    const seconds = askedMs / 1000;
    const growth = seconds >= 60 ? 0 : Math.trunc(0.25 * Math.min(attempts - 1, 20) * seconds);
    return (seconds + growth) * 1000;
  }
  if (attempts <= 1) return 1000;
  const shortest = 2 ** (Math.min(attempts, 8) - 2);
  return (shortest + Math.floor(random() * (shortest + 1))) * 1000;
}
