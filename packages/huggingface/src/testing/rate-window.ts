/** The Hub's windows are fixed. Milliseconds. */
const windowMs = 300_000;

/** What is counted together. */
export type RateBucket = "api" | "resolvers" | "pages";

/** Requests in five minutes for each user, or for whoever sends no token. */
export type RateLimits = Readonly<Record<RateBucket, number>>;

/**
 * Those of a free account.
 *
 * @see https://huggingface.co/docs/hub/rate-limits (read 2026-11)
 */
export const documentedLimits: RateLimits = { api: 1_000, resolvers: 5_000, pages: 200 };

/** Where a bucket stands after a request. */
export interface RateState {
  readonly bucket: RateBucket;
  readonly limit: number;
  readonly remaining: number;
  /** Until the next window. Seconds. */
  readonly resetS: number;
  readonly exceeded: boolean;
}

/** Counts every request, errors and redirects too. */
export function createRateWindows(
  limits: RateLimits,
  now: () => number,
): (who: string, bucket: RateBucket) => RateState {
  const used = new Map<string, number>();
  return (who, bucket) => {
    const at = now();
    const key = `${Math.floor(at / windowMs)} ${bucket} ${who}`;
    const count = (used.get(key) ?? 0) + 1;
    used.set(key, count);
    const limit = limits[bucket];
    return {
      bucket,
      limit,
      remaining: Math.max(limit - count, 0),
      resetS: Math.ceil((windowMs - (at % windowMs)) / 1000),
      exceeded: count > limit,
    };
  };
}
