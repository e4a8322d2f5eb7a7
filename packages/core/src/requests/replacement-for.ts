import type { CachedToken, RefusedAnswer, TokenHolder } from "./authorizer.ts";

/**
 * After a 401 to a request that carried a token: the one to send instead, if the sources have another. `readAnswer` gives what
 * the service said, or nothing where that cannot be read. Rejects with the signal's reason only.
 */
export async function replacementFor(
  holder: TokenHolder,
  sent: CachedToken,
  readAnswer: () => Promise<RefusedAnswer | undefined>,
  signal?: AbortSignal,
): Promise<CachedToken | undefined> {
  try {
    const answer = holder.readsRefusals ? await readAnswer() : undefined;
    // What cannot be read may mean something else: the token is kept.
    if (holder.readsRefusals && answer === undefined) return undefined;
    return await holder.replace(sent.value, answer, signal);
  } catch {
    // The sources have nothing else: the service's own answer tells more than their failure.
    signal?.throwIfAborted();
    return undefined;
  }
}
