import { AuthError, isAuthError } from "./errors.ts";
import { bearer, type HeaderInjection, injectionProblem } from "./header-injection.ts";
import type { Identity } from "./identity.ts";
import { safeMessage } from "./mask.ts";
import { own } from "./own.ts";
import { parseOrigin, parseUrl } from "./origin.ts";
import type { ProviderDefinition, ProviderSetup, SetupContext } from "./provider-definition.ts";
import { fromFunction, type TokenFunction } from "./sources/from-function.ts";
import { fromValue } from "./sources/from-value.ts";
import { Broken, expandSources, type TokenSource } from "./token-source.ts";

/** A provider's setup, checked, with the caller's options applied. */
export interface CheckedSetup<I extends Identity> extends ProviderSetup<I> {
  readonly origins: readonly string[];
  readonly inject: HeaderInjection;
}

/** The options that decide about the setup, as own properties. */
export interface SetupOptions {
  readonly token?: string | TokenFunction | TokenSource | undefined;
  readonly baseUrl?: string | undefined;
  readonly allowInsecureHttp?: boolean | undefined;
}

/** Runs a provider's setup and checks what it gives. Throws `AUTH_PROVIDER_INVALID`, or what the setup itself throws. */
export function runSetup<I extends Identity>(
  definition: ProviderDefinition<never, I>,
  options: SetupOptions,
  context: SetupContext,
): CheckedSetup<I> {
  const { id } = definition;
  const setup = own(callSetup(definition, options, context));
  const baseUrl = options.baseUrl ?? setup.baseUrl;
  // An address of the caller's own replaces the platform's, and with it what the platform vouched for.
  const vouched = options.baseUrl === undefined ? (setup.insecureOrigins ?? []) : [];
  const insecure = (text: string): boolean =>
    options.allowInsecureHttp === true ||
    vouched.some((one) => parseUrl(one)?.origin === parseUrl(text)?.origin);

  const base = typeof baseUrl === "string" ? parseUrl(baseUrl) : undefined;
  if (base === undefined || !base.protocol.startsWith("http"))
    throw invalid(
      id,
      "baseUrl does not begin with https:// and a host",
      "Give baseUrl as in https://api.example.com.",
    );
  if (base.search !== "" || base.hash !== "") {
    throw invalid(id, "baseUrl has a query or fragment", "Give baseUrl as in https://api.example.com.");
  }
  if (base.username !== "" || base.password !== "") {
    throw invalid(id, "baseUrl has a user name or password in it", "Take them out of baseUrl.");
  }

  const listed: unknown = (options.baseUrl === undefined ? setup.origins : undefined) ?? [base.origin];
  if (!Array.isArray(listed)) throw invalid(id, "its origins are no list", 'Give origins: ["https://…"].');
  const origins = listed.map((given: unknown) => {
    const text = typeof given === "string" ? given : "";
    const result = parseOrigin(text, insecure(text));
    if ("origin" in result) return result.origin;
    const remedy =
      "Give each origin as in https://api.example.com; allowInsecureHttp lets plain http through.";
    throw invalid(id, `an origin cannot receive the token: ${result.problem}`, remedy);
  });
  if (!origins.includes(base.origin)) {
    throw invalid(id, "the origin of baseUrl is not among the origins", "Add it to the origins.");
  }

  const inject = setup.inject === undefined ? bearer() : own(setup.inject);
  const problem = injectionProblem(inject);
  if (problem !== undefined)
    throw invalid(id, problem, "Give inject as bearer(), header(name) or basic(user).");
  const verify = own(setup.verify);
  if (typeof verify.identify !== "function" || typeof verify.path !== "string") {
    throw invalid(id, "verify has no path or no identify function", "Give verify: { path, identify }.");
  }
  if (!Array.isArray(setup.sources) || !setup.sources.every(isSource))
    throw invalid(id, "it has no list of sources", "Give sources: [fromEnv(…)].");

  const first = optionSource(id, options.token);
  const sources = expandSources([...(first === undefined ? [] : [first]), ...setup.sources]);
  const warnings = [...(setup.warnings ?? []), ...pathWarning(options.baseUrl, base)];
  // Nobody who reads the list may change it: it decides where the token goes.
  return { ...setup, verify, baseUrl, origins: Object.freeze(origins), sources, inject, warnings };
}

function callSetup<I extends Identity>(
  definition: ProviderDefinition<never, I>,
  options: object,
  context: SetupContext,
): ProviderSetup<I> {
  try {
    return definition.setup(options as never, context);
  } catch (error) {
    if (isAuthError(error)) throw error;
    if (error instanceof Broken) throw invalid(definition.id, error.message, error.remedy);
    throw invalid(definition.id, `its options do not fit: ${safeMessage(error)}`, "Correct the option.");
  }
}

/** By the URL standard, `/me` on `https://gateway.example/acme/` is `https://gateway.example/me`. */
function pathWarning(option: string | undefined, base: URL): string[] {
  if (option === undefined || base.pathname === "/") return [];
  return [
    `The option baseUrl has the path ${base.pathname}, which inputs that begin with a slash leave, verify's among them.`,
  ];
}

function optionSource(id: string, token: SetupOptions["token"]): TokenSource | undefined {
  if (token === undefined) return undefined;
  if (typeof token === "string") return fromValue(token, "option token");
  if (typeof token === "function") return fromFunction("option token", token);
  if (isSource(token)) return token;
  throw invalid(id, "the option token is no token", "Pass a string, a function or a token source.");
}

function isSource(value: unknown): value is TokenSource {
  return (
    typeof value === "object" && value !== null && "resolve" in value && typeof value.resolve === "function"
  );
}

export function invalid(provider: string, problem: string, remedy: string): AuthError {
  return new AuthError("AUTH_PROVIDER_INVALID", {
    provider,
    message: `This cannot be used: ${problem}.`,
    remedy,
  });
}
