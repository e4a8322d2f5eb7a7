/** Beyond this, a timer goes off at once. */
const longestTimerMs = 2_147_483_647;

/** Thrown by {@link withTimeLimit} when the time is up. */
export class TimeLimitReached extends Error {
  override readonly name: string = "TimeLimitReached";
}

/**
 * Runs a task that is told to stop when the caller aborts or the time is up, and does not wait for it to obey. Rejects
 * with the caller's own reason, or with {@link TimeLimitReached}. What the task does afterwards is ignored.
 */
export async function withTimeLimit<T>(
  task: (signal: AbortSignal) => T | Promise<T>,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  let giveUp: (reason: unknown) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => (giveUp = reject));
  const stop = (reason: unknown): void => {
    giveUp(reason);
    controller.abort(reason);
  };
  const abort = (): void => stop(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  const timer = setTimeout(
    () => stop(new TimeLimitReached(`${timeoutMs} ms`)),
    Math.min(timeoutMs, longestTimerMs),
  );
  try {
    return await Promise.race([task(controller.signal), stopped]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
