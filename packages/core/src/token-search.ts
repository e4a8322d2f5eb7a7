import type { RefusedAnswer } from "./authorizer.ts";
import type { Events } from "./events.ts";
import { invalid } from "./errors.ts";
import { expandSources } from "./expand-sources.ts";
import { headerValue } from "./header-value.ts";
import type { Identity } from "./identity.ts";
import { meansRefusal } from "./means-refusal.ts";
import { resolveToken, type Search } from "./resolve-token.ts";
import { isWorkers } from "./runtime.ts";
import type { CheckedSetup } from "./setup.ts";
import { createTokenCache, type Held, type TokenCache } from "./token-cache.ts";
import type { SourceContext, TokenSource } from "./token-source.ts";

/** What a search takes of an auth. */
export interface Searcher {
  readonly setup: CheckedSetup<Identity>;
  readonly provider: Search["provider"];
  readonly context: Search["context"];
  readonly events: Events;
  readonly timeoutMs: number;
}

/** A token cache that also judges whether a service's answer is a refusal. */
export interface SearchingCache extends Omit<TokenCache, "replace"> {
  /**
   * After a 401 to `header`: the token to try instead, if there is another. None where the service means something else
   * by the answer; without an answer, the token was refused.
   */
  replace(
    header: string,
    answer: RefusedAnswer | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Held | undefined>;
}

/** The token cache of an auth, filled from the auth's sources. Loaded when a token is first asked for. */
export function createSearchingCache(searcher: Searcher): SearchingCache {
  const { context, events } = searcher;
  const { classify } = searcher.setup;
  const cache = createTokenCache({
    now: context.now,
    shared: !isWorkers(),
    load: (reason, signal) => searchToken(searcher, reason, signal),
    onRejected({ token }) {
      if (events.wants("token.rejected")) events.emit("token.rejected", { source: token.source });
    },
  });
  return {
    ...cache,
    async replace(header, answer, signal) {
      if (answer !== undefined && classify !== undefined) {
        const source = cache.current()?.token.source ?? "";
        if (!meansRefusal(classify, { ...answer, source })) return undefined;
      }
      return cache.replace(header, signal);
    },
  };
}

function sourcesOf(setup: Searcher["setup"], id: string): readonly TokenSource[] {
  try {
    return expandSources(setup.sources);
  } catch {
    throw invalid(id, "something among its sources is none", "Give token sources only, to chain() as well.");
  }
}

/** Looks for a token and makes the header of it. */
async function searchToken(
  { setup, provider, context, events, timeoutMs }: Searcher,
  reason: SourceContext["reason"],
  signal: AbortSignal,
): Promise<Held> {
  const { now } = context;
  const startedAt = now();
  const search: Search = { provider, sources: sourcesOf(setup, provider.id), context, events, timeoutMs };
  const { token, attempts } = await resolveToken(search, reason, signal);
  const header = headerValue(setup.inject, provider.id, token);
  if (events.wants("token.loaded")) {
    const { source, expiresAt } = token;
    const durationMs = now() - startedAt;
    events.emit("token.loaded", { source, durationMs, ...(expiresAt !== undefined && { expiresAt }) });
  }
  return { token, header, attempts };
}
