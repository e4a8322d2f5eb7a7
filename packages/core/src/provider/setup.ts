import { invalid, isAuthError } from "../errors.ts";
import { bearer, fixedProblem, formsOf, type HeaderInjection, injectionProblem } from "./header-injection.ts";
import type { Identity } from "../identity.ts";
import { ignoreRejection } from "../untrusted/ignore-rejection.ts";
import { hasUser, parseOrigin, parseUrl } from "../requests/origins.ts";
import { ownProperties } from "../untrusted/own-properties.ts";
import type { ProviderDefinition, ProviderSetup, SetupContext, VerifyEndpoint } from "./definition.ts";
import { safeMessage } from "../untrusted/safe-message.ts";
import { fromFunction, type TokenFunction } from "../sources/from-function.ts";
import { fromValue } from "../sources/from-value.ts";
import { isFailed, type TokenSource } from "../sources/source.ts";
import type { Token } from "../token/token.ts";
import { readEndpoint } from "./verify-endpoint.ts";

/** A provider's setup, checked, with the caller's options applied. */
export interface CheckedSetup<I extends Identity> extends Omit<ProviderSetup<I>, "verify"> {
  /** Where to ask about a token. Throws `AUTH_PROVIDER_INVALID` where the provider's own function does not say. */
  readonly verify: (token: Token) => VerifyEndpoint<I>;
  readonly origins: readonly string[];
  readonly inject: HeaderInjection;
  /** The origins that the caller added. */
  readonly alsoOrigins: readonly string[];
  /** Whether `baseUrl` is the caller's own. */
  readonly ownBaseUrl: boolean;
}

/** The options that decide about the setup, as own properties. */
export interface SetupOptions {
  readonly token?: string | TokenFunction | TokenSource | undefined;
  readonly baseUrl?: string | undefined;
  readonly alsoOrigins?: readonly string[] | undefined;
  readonly allowInsecureHttp?: boolean | undefined;
}

/**
 * Runs a provider's setup and checks what it gives. Throws `AUTH_PROVIDER_INVALID`, or what the setup itself throws. It is
 * part of what every page loads, since `baseUrl` and `origins` are there at once: its words are few.
 */
export function runSetup<I extends Identity>(
  definition: ProviderDefinition<never, I>,
  options: SetupOptions,
  context: SetupContext,
): CheckedSetup<I> {
  const refuse: Refuse = (problem, remedy) => {
    throw invalid(definition.id, problem, remedy);
  };
  const setup = ownProperties(callSetup(definition, options, context));
  const ownBaseUrl = options.baseUrl !== undefined;
  const baseUrl = options.baseUrl ?? setup.baseUrl;
  // An address of the caller's own replaces the platform's, and with it what the platform vouched for.
  const vouched = ownBaseUrl ? [] : (setup.insecureOrigins ?? []).map(originOf);
  const base = parseUrl(baseUrl);
  const format = "Give baseUrl as in https://api.example.com.";
  if (base === undefined || !base.protocol.startsWith("http"))
    refuse("baseUrl does not begin with https:// and a host", format);
  if (/[?#]/.test(baseUrl)) refuse("baseUrl has a query or fragment", format);
  if (hasUser(base)) refuse("baseUrl has a user name or password in it", format);

  const listed: unknown = (ownBaseUrl ? undefined : setup.origins) ?? [base.origin];
  if (!Array.isArray(listed)) refuse("its origins are no list", 'Give origins: ["https://…"].');
  const { alsoOrigins = [] } = options;
  if (!Array.isArray(alsoOrigins))
    refuse("the option alsoOrigins is no list", 'Give alsoOrigins: ["https://…"].');
  const all = [...listed, ...alsoOrigins].map((given: unknown) => {
    const text = typeof given === "string" ? given : "";
    const result = parseOrigin(text, options.allowInsecureHttp === true || vouched.includes(originOf(text)));
    if ("origin" in result) return result.origin;
    return refuse(
      `an origin cannot receive the token: ${result.problem}`,
      "Give each origin as in https://api.example.com; allowInsecureHttp lets plain http through.",
    );
  });
  const origins = [...new Set(all)];
  if (!origins.includes(base.origin))
    refuse("the origin of baseUrl is not among the origins", "Add it to the origins.");

  const inject = setup.inject === undefined ? bearer() : ownProperties(setup.inject);
  const problem = injectionProblem(inject);
  if (problem !== undefined)
    refuse(problem, "Give inject as bearer(), header(name), basic(user) or oneOf(forms, pick).");
  const headersProblem = fixedProblem(setup.headers, formsOf(inject));
  if (headersProblem !== undefined)
    refuse(headersProblem, 'Give headers as { "acme-version": "2026-11-01" }, and the token by inject.');
  const verify = checkedVerify<I>(setup.verify, refuse);
  const { token } = options;
  if (!Array.isArray(setup.sources) || !setup.sources.every(isSource))
    refuse("it has no list of sources", "Give sources: [fromEnv(…)].");
  const first =
    typeof token === "string"
      ? fromValue(token, "option token")
      : typeof token === "function"
        ? fromFunction("option token", token)
        : token;
  if (first !== undefined && !isSource(first))
    refuse("the option token is no token", "Pass a string, a function or a token source.");
  const sources = first === undefined ? setup.sources : [first, ...setup.sources];
  // Nobody who reads the list may change it: it decides where the token goes.
  return {
    ...setup,
    verify,
    baseUrl,
    ownBaseUrl,
    origins: Object.freeze(origins),
    alsoOrigins: all.slice(listed.length),
    sources,
    inject,
  };
}

type Refuse = (problem: string, remedy: string) => never;

function checkedVerify<I extends Identity>(
  given: ProviderSetup<I>["verify"],
  refuse: Refuse,
): CheckedSetup<I>["verify"] {
  const checked = (endpoint: unknown): VerifyEndpoint<I> => {
    const read = readEndpoint<I>(endpoint);
    return typeof read === "string" ? refuse(read, "Give verify: { path, identify }.") : read;
  };
  if (typeof given !== "function") {
    const endpoint = checked(given);
    return () => endpoint;
  }
  return (token) => {
    let endpoint: unknown;
    try {
      endpoint = given(token);
    } catch {
      // Not even a cause: what it says may quote the token.
      refuse("its verify function threw", "Correct the function: it gives an endpoint for any token.");
    }
    ignoreRejection(endpoint);
    return checked(endpoint);
  };
}

function callSetup<I extends Identity>(
  definition: ProviderDefinition<never, I>,
  options: object,
  context: SetupContext,
): ProviderSetup<I> {
  try {
    const setup = definition.setup(options as never, context);
    ignoreRejection(setup);
    return setup;
  } catch (error) {
    if (isAuthError(error)) throw error;
    if (isFailed(error)) throw invalid(definition.id, error.message, error.remedy);
    throw invalid(definition.id, `its options do not fit: ${safeMessage(error)}`, "Correct the option.");
  }
}

function originOf(url: string): string | undefined {
  return parseUrl(url)?.origin;
}

function isSource(value: unknown): value is TokenSource {
  return (
    typeof value === "object" && value !== null && "resolve" in value && typeof value.resolve === "function"
  );
}
