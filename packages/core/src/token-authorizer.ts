import type { Authorizer } from "./authorizer.ts";
import { classifyAnswer } from "./classify.ts";
import type { Events } from "./events.ts";
import type { Identity } from "./identity.ts";
import { readData } from "./json.ts";
import { maskOf } from "./mask.ts";
import { parseUrl } from "./origin.ts";
import type { Classification } from "./provider-definition.ts";
import type { CheckedSetup } from "./setup.ts";
import type { TokenCache } from "./token-cache.ts";

/** What the adapters are given of an auth. */
export function createTokenAuthorizer<I extends Identity>(
  setup: CheckedSetup<I>,
  cache: TokenCache,
  events: Events,
): Authorizer {
  const { classify } = setup;
  return {
    header: setup.inject.header,
    origins: setup.origins,
    readsRefusals: classify !== undefined,
    current: () => cache.current()?.header,
    async load(signal) {
      return (await cache.get(signal)).header;
    },
    async replace(value, answer, signal) {
      if (answer !== undefined && classify !== undefined) {
        const source = cache.current()?.token.source ?? "";
        const body = readData(answer.body, maskOf([value]));
        if (isNoRefusal(classifyAnswer(classify, { ...answer, body, source }))) return undefined;
      }
      return (await cache.replace(value, signal))?.header;
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

/** Whether the service means by a 401 something else than that the token is no good. */
function isNoRefusal({ code = "AUTH_TOKEN_REJECTED" }: Classification): boolean {
  return code !== "AUTH_TOKEN_REJECTED" && code !== "AUTH_TOKEN_EXPIRED";
}
