/** One window of the rate limit. Milliseconds. */
const windowMs = 60_000;

/** What is left of a window after a request: how many more, or for how long there are none. */
export type RateVerdict = { readonly remaining: number } | { readonly waitMs: number };

/** Counts requests by key, in windows of a minute that begin with the first request. */
export function createRateWindows(now: () => number): (key: string, limit: number) => RateVerdict {
  const windows = new Map<string, { readonly startedAt: number; used: number }>();
  return (key, limit) => {
    const at = now();
    let window = windows.get(key);
    if (window === undefined || at - window.startedAt >= windowMs) {
      window = { startedAt: at, used: 0 };
      windows.set(key, window);
    }
    if (window.used >= limit) return { waitMs: window.startedAt + windowMs - at };
    window.used += 1;
    return { remaining: limit - window.used };
  };
}
