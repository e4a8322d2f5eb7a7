import { ownProperties } from "../untrusted/own-properties.ts";
import type { TokenStore } from "../stores/token-store.ts";
import { failed, type TokenSource } from "./source.ts";
import { generationSource } from "./shared-token/generation-source.ts";

/** Options of {@link shared}. */
export interface SharedOptions {
  /** Where the processes meet: `fileStore(path)` on one machine, `redisStore(client, …)` on several. */
  readonly store: TokenStore;
  /** Names the token in the store: the same for all processes that are to share it. Never secret. */
  readonly key: string;
  /**
   * How long one process may take to get the next token before another may try. Longer than the source ever takes.
   * Milliseconds. Default: 30,000.
   */
  readonly leaseMs?: number | undefined;
}

/**
 * One token of a source for many processes and machines. One of them asks the source and publishes the token in the store;
 * the others take it from there, and wait for it where they have none that lives. After a failure all of them wait.
 *
 * Where the store cannot be asked, each process asks the source by itself. A source whose login rotates is an `exchange`
 * with a store of its own.
 */
export function shared(source: TokenSource, given: SharedOptions): TokenSource {
  const options = ownProperties(given);
  if (typeof source?.resolve !== "function")
    throw failed("what is to be shared is no token source", "Pass shared a token source.");
  checkStore(source.name, options);
  return generationSource({
    ...options,
    name: source.name,
    askTimeoutMs: ownProperties(source).timeoutMs,
    ask: async (context) => source.resolve(context),
  });
}

/** Throws what `failed` makes where the options cannot be meant. */
export function checkStore(
  name: string,
  {
    store,
    key,
    leaseMs,
  }: { readonly store: unknown; readonly key: unknown; readonly leaseMs?: number | undefined },
): void {
  const methods = ["read", "claim", "publish", "release"] as const;
  const given = Object(store) as Partial<Record<string, unknown>>;
  if (!methods.every((method) => typeof given[method] === "function"))
    throw failed(
      `the store of ${name} is none`,
      "Pass fileStore(path), redisStore(client, …) or a store of your own.",
    );
  if (typeof key !== "string" || key.trim() === "")
    throw failed(`${name} has no key in its store`, 'Give a key, as in key: "acme/main".');
  if (leaseMs !== undefined && !(leaseMs >= 10))
    throw failed(`the leaseMs of ${name} is not at least 10`, "Give leaseMs in milliseconds.");
}
