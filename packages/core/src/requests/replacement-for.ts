import type { CachedToken, TokenHolder } from "./authorizer.ts";

/** A 401 as a transport has it. */
export interface Refusal {
  readonly headers: () => Headers;
  /** Its text; `undefined` where that cannot be read whole. */
  readonly body: () => Promise<string | undefined>;
}

/**
 * After a 401 to a request that carried a token: the one to send instead, if the sources have another. The body is read only
 * where the service gives 401 several meanings; that something in front of it answered is told by the headers. Rejects with
 * the signal's reason only.
 */
export async function replacementFor(
  holder: TokenHolder,
  sent: CachedToken,
  refusal: Refusal,
  signal?: AbortSignal,
): Promise<CachedToken | undefined> {
  try {
    const body = holder.readsRefusals ? await refusal.body() : "";
    // What cannot be read may mean something else: the token is kept.
    if (body === undefined) return undefined;
    return await holder.replace(sent.value, { status: 401, headers: refusal.headers(), body }, signal);
  } catch {
    // The sources have nothing else: the service's own answer tells more than their failure.
    signal?.throwIfAborted();
    return undefined;
  }
}
