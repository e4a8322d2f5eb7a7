/** What passes time: replaced by the model's test. */
export interface Pacer {
  /** Milliseconds by a clock that nobody sets. */
  readonly clock: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const realPacer: Pacer = {
  clock: () => performance.now(),
  sleep: (ms, signal) =>
    abortable(new Promise<void>((resolve) => setTimeout(resolve, Math.max(ms, 0))), signal),
};

/** The same promise for one caller, who may stop waiting for it without stopping anybody else. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
