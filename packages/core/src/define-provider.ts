import { type Auth, createAuth } from "./auth.ts";
import type { AuthOptions } from "./auth-options.ts";
import { invalid } from "./errors.ts";
import type { Identity } from "./identity.ts";
import { parseUrl } from "./requests/origins.ts";
import { ownProperties } from "./untrusted/own-properties.ts";
import type { ProviderDefinition } from "./provider/definition.ts";

/** Makes an auth. Calling it is free: nothing is read before the auth is used. */
export interface Provider<Options extends object, I extends Identity> {
  (options?: Options & AuthOptions): Auth<I>;
  readonly id: string;
  readonly name: string;
  /** The page where a person makes a token. */
  readonly tokenUrl?: string;
  /** What a token of the service looks like, where the provider says so. */
  readonly tokenPattern?: RegExp;
}

/**
 * Makes a factory of a service's description. The factory takes the provider's own options and those of every provider.
 *
 * @throws {AuthError} `AUTH_PROVIDER_INVALID` when the definition breaks a rule. What only the options can show comes from
 * the first use of an auth.
 */
export function defineProvider<Options extends object, I extends Identity>(
  definition: ProviderDefinition<Options, I>,
): Provider<Options, I> {
  check(definition);
  const { id, name, tokenUrl, tokenPattern } = definition;
  const factory = (options?: Options & AuthOptions): Auth<I> => createAuth<Options, I>(definition, options);
  const facts = {
    id,
    name,
    ...(tokenUrl !== undefined && { tokenUrl }),
    ...(tokenPattern !== undefined && { tokenPattern }),
  };
  for (const [fact, value] of Object.entries(facts))
    Object.defineProperty(factory, fact, { value, enumerable: true });
  return factory as Provider<Options, I>;
}

function check(definition: ProviderDefinition<never, Identity>): void {
  const { specVersion, id, name, tokenUrl, tokenPattern, setup } = ownProperties(definition);
  const isId = typeof id === "string" && /^[a-z][a-z0-9-]*$/.test(id);
  const rules: readonly (readonly [kept: boolean, problem: string, remedy: string])[] = [
    [
      isId,
      "its id is not lower-case letters, digits and hyphens",
      "Give the last part of the package's name.",
    ],
    [(specVersion as unknown) === 1, "its specVersion is not 1", "Give specVersion: 1."],
    [typeof name === "string" && name.trim() !== "", "it has no name", "Give the service's name."],
    [typeof setup === "function", "it has no setup function", "Give setup: (options, context) => …."],
    [
      tokenUrl === undefined || parseUrl(tokenUrl)?.protocol === "https:",
      "its tokenUrl is not an https URL",
      "Give the address of the page where tokens are made.",
    ],
    [
      tokenPattern === undefined || isAnchored(tokenPattern),
      "its tokenPattern is not a RegExp from ^ to $ without the flags g and y",
      "Give tokenPattern as in /^acme_[0-9a-f]{40}$/.",
    ],
  ];
  for (const [kept, problem, remedy] of rules) {
    if (!kept) throw invalid(isId ? id : "provider", problem, remedy);
  }
}

/** One that keeps no state of its last match, and speaks of the whole of a token. */
function isAnchored(pattern: unknown): boolean {
  return pattern instanceof RegExp && /^\^.*\$$/s.test(pattern.source) && !/[gy]/.test(pattern.flags);
}
