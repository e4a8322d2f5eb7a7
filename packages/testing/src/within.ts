import { setTimeout as wait } from "node:timers/promises";

import { Violation } from "./rule.ts";

/** What should be there at once gets this long. Milliseconds. */
const patienceMs = 5_000;

/** A promise that must not take long; `what` is what has not come then. */
export async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  const stop = new AbortController();
  const late = wait(patienceMs, undefined, { signal: stop.signal }).then(() => {
    throw new Violation(`${what}: that did not come within ${patienceMs} ms.`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop.abort();
  }
}
