import type { AuthOptions } from "./auth-options.ts";
import { invalid } from "./errors.ts";
import { createEvents } from "./events.ts";
import type { Identity } from "./identity.ts";
import { type AllowedOrigins, createAllowedOrigins } from "./requests/origins.ts";
import type { ProviderDefinition } from "./provider/definition.ts";
import { runSetup } from "./provider/setup.ts";
import { missingInRuntime } from "./runtime.ts";
import { createTokenHolder, type HolderSetup, type OwnTokenHolder } from "./token/holder.ts";
import type { Environment } from "./sources/source.ts";

/** What an auth is from its first use on. */
export interface AuthState<I extends Identity = Identity> extends HolderSetup<I> {
  /** The one token. */
  readonly holder: OwnTokenHolder;
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

/** Runs the setup, and brings an auth to life. `fetch` is the platform's, `given` what was passed as the options. */
export function initialize<Options extends object, I extends Identity>(
  definition: ProviderDefinition<Options, I>,
  options: Options & AuthOptions,
  fetch: typeof globalThis.fetch,
  given: unknown = options,
): AuthState<I> {
  const { id, name, tokenPattern } = definition;
  const missing = missingInRuntime();
  if (missing !== undefined)
    throw invalid(
      id,
      `it needs ${missing}`,
      'Run it on a newer version, or where the platform\'s own are: in Jest with testEnvironment "node".',
    );
  const mistake = mistakeIn(given);
  if (mistake !== undefined) throw invalid(id, ...mistake);
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
  const context = {
    env: env ?? processEnvironment(),
    fetch: options.fetch ?? fetch,
    now,
  };
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

/** Names under which other libraries take a token. */
const otherNames =
  /^(?:(?:api|access|auth|bearer|personal|service)[-_]?)+(?:key|token)$|^(?:key|bearer|pat|secret)$/i;

/** What is not meant as options, and what is meant instead. */
function mistakeIn(given: unknown): [problem: string, remedy: string] | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== "object")
    return [`its options are a ${typeof given} and not an object`, "Pass a token as { token: … }."];
  if ((given as { readonly token?: unknown }).token !== undefined) return undefined;
  const other = Object.keys(given).find((name) => otherNames.test(name));
  return other === undefined ? undefined : [`it has no option ${other}`, "Pass the token as { token: … }."];
}

function processEnvironment(): Environment {
  return (globalThis as { process?: { env?: Environment } }).process?.env ?? {};
}
