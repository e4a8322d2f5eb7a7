import type { CachedToken, TokenHolder } from "../requests/authorizer.ts";
import { invalid } from "../errors.ts";
import type { Events } from "../events.ts";
import { expandSources } from "../sources/expand.ts";
import { formsOf } from "../provider/header-injection.ts";
import { finishedHeaders } from "./header-value.ts";
import type { Identity } from "../identity.ts";
import { readData } from "../untrusted/json.ts";
import type { AnsweringProvider } from "../service/call-context.ts";
import { isTokenRejected, verdictOf } from "../service/verdict.ts";
import { parseUrl } from "../requests/origins.ts";
import { resolveToken, type Search } from "./search.ts";
import { isWorkers } from "../runtime.ts";
import type { CheckedSetup } from "../provider/setup.ts";
import { createTokenCache } from "./cache.ts";
import type { SourceContext, StandingContext, TokenSource } from "../sources/source.ts";

/** What holding a token takes of an auth. */
export interface HolderSetup<I extends Identity = Identity> {
  readonly setup: CheckedSetup<I>;
  readonly provider: AnsweringProvider;
  readonly context: StandingContext;
  readonly events: Events;
  /** For a whole search, and for verify. Milliseconds. */
  readonly timeoutMs: number;
}

/** How many tokens are remembered that are held no more. */
const remembered = 8;

/** The holder as its own auth has it. */
export interface OwnTokenHolder extends TokenHolder {
  /** The last tokens, the newest first: an answer may echo one that has been given up since. */
  recent(): readonly CachedToken[];
}

/** The one token of an auth, found in the auth's sources. */
export function createTokenHolder(auth: HolderSetup): OwnTokenHolder {
  const { setup, context, events } = auth;
  const { classify } = setup;
  let recent: readonly CachedToken[] = [];
  async function load(reason: SourceContext["reason"], signal: AbortSignal): Promise<CachedToken> {
    const next = await searchToken(auth, reason, signal);
    recent = [next, ...recent.filter(({ value }) => value !== next.value)].slice(0, remembered);
    return next;
  }
  const cache = createTokenCache<CachedToken>({
    now: context.now,
    shared: !isWorkers(),
    load,
    onRejected({ token }) {
      if (events.wants("token.rejected")) events.emit("token.rejected", { source: token.source });
    },
  });
  return {
    ...cache,
    recent: () => recent,
    headerNames: [...new Set(formsOf(setup.inject).map(({ header }) => header))],
    origins: setup.origins,
    readsRefusals: classify !== undefined,
    async replace(value, answer, signal) {
      if (answer !== undefined) {
        const source = cache.current()?.token.source ?? "";
        const verdict = verdictOf({ ...answer, source, body: readData(answer.body) }, { classify });
        if (!isTokenRejected(verdict)) return undefined;
      }
      return cache.replace(value, signal);
    },
    attached(origin, { token: { source }, beside }) {
      if (!events.wants("header.attached")) return;
      const headers = beside && Object.fromEntries(beside.map(({ name, value }) => [name, value]));
      events.emit("header.attached", { origin, source, ...(headers && { headers }) });
    },
    withheld(url, reason) {
      if (events.wants("header.withheld"))
        events.emit("header.withheld", { origin: parseUrl(url)?.origin ?? "null", reason });
    },
  };
}

function sourcesOf(setup: HolderSetup["setup"], id: string): readonly TokenSource[] {
  try {
    return expandSources(setup.sources);
  } catch {
    throw invalid(id, "something among its sources is none", "Give token sources only, to chain() as well.");
  }
}

/** Looks for a token and makes its headers. */
async function searchToken(
  { setup, provider, context, events, timeoutMs }: HolderSetup,
  reason: SourceContext["reason"],
  signal: AbortSignal,
): Promise<CachedToken> {
  const { now } = context;
  const startedAt = now();
  const search: Search = { provider, sources: sourcesOf(setup, provider.id), context, events, timeoutMs };
  const { token, attempts } = await resolveToken(search, reason, signal);
  const headers = finishedHeaders(setup, provider.id, token);
  if (events.wants("token.loaded")) {
    const { source, expiresAt } = token;
    const durationMs = now() - startedAt;
    events.emit("token.loaded", { source, durationMs, ...(expiresAt !== undefined && { expiresAt }) });
  }
  return { token, ...headers, attempts };
}
