import { abortable } from "./abortable.ts";
import { loadPart } from "./load-part.ts";
import { isWorkers } from "./runtime.ts";
import type { Searcher, SearchingCache } from "./token-search.ts";

/**
 * The token cache of an auth, which is loaded together with the search when a token is first asked for. This is the one
 * boundary before the first request: a page that starts does not wait for what finds, checks and holds a token. Once it is
 * there, nothing waits any more.
 */
export function createLazyTokenCache(searcher: Searcher): SearchingCache {
  let cache: SearchingCache | undefined;
  let starting: Promise<SearchingCache> | undefined;
  let beforeStart: ((started: SearchingCache) => void) | undefined;

  async function start(): Promise<SearchingCache> {
    try {
      const { createSearchingCache } = await loadPart(searcher.provider.id, import("./token-search.ts"));
      if (cache === undefined) {
        cache = createSearchingCache(searcher);
        beforeStart?.(cache);
      }
      return cache;
    } finally {
      starting = undefined;
    }
  }

  // Workers bind a promise to the request that made it.
  const ready = (): Promise<SearchingCache> => (isWorkers() ? start() : (starting ??= start()));

  return {
    current: () => cache?.current(),
    get(signal, refresh) {
      if (cache !== undefined) return cache.get(signal, refresh);
      const later = ready().then((started) => started.get(signal, refresh));
      return signal === undefined ? later : abortable(later, signal);
    },
    failure: () => cache?.failure(),
    reject(header) {
      if (cache !== undefined) cache.reject(header);
      // Where nobody waits for a token either, there is nothing to forget.
      else if (starting !== undefined) beforeStart = (started) => started.reject(header);
    },
    replace: async (header, answer, signal) => (cache ?? (await ready())).replace(header, answer, signal),
  };
}
