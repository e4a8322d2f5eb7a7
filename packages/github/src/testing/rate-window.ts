/** What is left of the hour's requests. */
export interface Budget {
  readonly limit: number;
  readonly remaining: number;
  readonly used: number;
  /** Milliseconds since the epoch. */
  readonly resetAt: number;
}

const windowMs = 3_600_000;

/** Counts requests by whom they are of, in windows of an hour that begin with the first request. */
export function createRateWindows(now: () => number) {
  const windows = new Map<string, { readonly startedAt: number; used: number }>();
  return (key: string, limit: number, cost: number): Budget & { readonly exceeded: boolean } => {
    const at = now();
    let window = windows.get(key);
    if (window === undefined || at - window.startedAt >= windowMs) {
      window = { startedAt: at, used: 0 };
      windows.set(key, window);
    }
    const exceeded = window.used + cost > limit;
    if (!exceeded) window.used += cost;
    const { used, startedAt } = window;
    return { limit, used, remaining: limit - used, resetAt: startedAt + windowMs, exceeded };
  };
}
