import type { Authorizer } from "./authorizer.ts";
import type { Events } from "./events.ts";
import type { Identity } from "./identity.ts";
import { parseUrl } from "./origin.ts";
import type { CheckedSetup } from "./setup.ts";
import type { SearchingCache } from "./token-search.ts";

/** What the adapters are given of an auth. */
export function createTokenAuthorizer<I extends Identity>(
  setup: CheckedSetup<I>,
  cache: SearchingCache,
  events: Events,
): Authorizer {
  return {
    header: setup.inject.header,
    origins: setup.origins,
    readsRefusals: setup.classify !== undefined,
    current: () => cache.current()?.header,
    async load(signal) {
      return (await cache.get(signal)).header;
    },
    async replace(value, answer, signal) {
      return (await cache.replace(value, answer, signal))?.header;
    },
    attached(origin) {
      if (!events.wants("header.attached")) return;
      events.emit("header.attached", { origin, source: cache.current()?.token.source ?? "" });
    },
    withheld(url, reason) {
      if (events.wants("header.withheld")) {
        events.emit("header.withheld", { origin: parseUrl(url)?.origin ?? "null", reason });
      }
    },
  };
}
