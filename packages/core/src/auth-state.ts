import type { AuthOptions } from "./auth-options.ts";
import type { TokenHolder } from "./requests/authorizer.ts";
import { invalid } from "./errors.ts";
import { createEvents } from "./events.ts";
import type { Identity } from "./identity.ts";
import { type AllowedOrigins, createAllowedOrigins } from "./requests/origins.ts";
import type { ProviderDefinition } from "./provider/definition.ts";
import { runSetup } from "./provider/setup.ts";
import { createTokenHolder, type HolderSetup } from "./token/holder.ts";
import type { Environment } from "./sources/source.ts";

/** What an auth is from its first use on. */
export interface AuthState<I extends Identity = Identity> extends HolderSetup<I> {
  /** The one token. */
  readonly holder: TokenHolder;
  readonly allowed: AllowedOrigins;
}

/** For a whole search, and for verify. Milliseconds. */
const defaultTimeoutMs = 30_000;

/** What the options have to be that nobody else checks. */
const kinds = [
  ["now", "function"],
  ["fetch", "function"],
  ["onEvent", "function"],
  ["env", "object"],
] as const;

/** Runs the setup, and brings an auth to life. `fetch` is the platform's. */
export function initialize<Options extends object, I extends Identity>(
  definition: ProviderDefinition<Options, I>,
  options: Options & AuthOptions,
  fetch: typeof globalThis.fetch,
): AuthState<I> {
  const { id, name, tokenPattern } = definition;
  const { timeoutMs = defaultTimeoutMs, now = Date.now, env, onEvent } = options;
  if (!(timeoutMs > 0)) throw invalid(id, "timeoutMs is not above zero", "Give timeoutMs in milliseconds.");
  for (const [option, kind] of kinds) {
    const value: unknown = options[option];
    if (value !== undefined && (typeof value !== kind || value === null))
      throw invalid(
        id,
        `the option ${option} must be ${kind === "object" ? "an object" : "a function"}`,
        "Pass one, or leave it out.",
      );
  }
  const context = { env: env ?? processEnvironment(), fetch: options.fetch ?? fetch, now };
  const setup = runSetup(definition, options, context);
  const provider = { id, name, tokenUrl: setup.tokenUrl ?? definition.tokenUrl, tokenPattern };
  const events = createEvents(id, now, onEvent);
  const parts = { setup, provider, context, events, timeoutMs };
  return {
    ...parts,
    holder: createTokenHolder(parts),
    allowed: createAllowedOrigins(setup.baseUrl, setup.origins),
  };
}

function processEnvironment(): Environment {
  return (globalThis as { process?: { env?: Environment } }).process?.env ?? {};
}
