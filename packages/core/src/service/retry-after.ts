/** The longest wait that is believed. */
const longestWaitMs = 86_400_000;

/**
 * Milliseconds to wait by a `Retry-After` value: whole seconds, or an HTTP date (RFC 9110, section 10.2.3). A day at
 * most; `undefined` where it is neither.
 */
export function parseRetryAfter(
  value: string | null | undefined,
  now: () => number = Date.now,
): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d+$/.test(text)) return boundedWait(Number(text) * 1000);
  // Date.parse reads far more than HTTP dates: only what begins like one is handed to it.
  return /^[A-Z][a-z]{2,8},? /.test(text) ? boundedWait(Date.parse(text) - now()) : undefined;
}

/** A wait that a service or a provider gave, within zero and a day; `undefined` where it is no number. */
export function boundedWait(ms: unknown): number | undefined {
  return typeof ms !== "number" || Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestWaitMs);
}
