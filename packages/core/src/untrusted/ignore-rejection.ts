/** A function that was to answer at once may give a promise: nobody waits for it, and nobody is to hear of its failure. */
export function ignoreRejection(given: unknown): void {
  if (typeof given !== "object" || given === null || !("then" in given)) return;
  if (typeof given.then === "function") Promise.resolve(given as PromiseLike<unknown>).catch(() => undefined);
}
