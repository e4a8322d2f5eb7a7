import type { AuthOptions } from "./auth-options.ts";
import { type AuthState, initialize } from "./auth-state.ts";
import { createFetch } from "./requests/fetch.ts";
import { createPlatformFetch } from "./requests/platform-fetch.ts";
import { addressOfUrl } from "./requests/request-facts.ts";
import { isSignal } from "./requests/request-signal.ts";
import { type CachedToken, headersOf, holderOf, type TokenHolder } from "./requests/authorizer.ts";
import { type AuthError, type CallSite, callSite, errorAt, invalid } from "./errors.ts";
import type { Explanation } from "./explain.ts";
import { finishedHeaders } from "./token/header-value.ts";
import type { Identity } from "./identity.ts";
import { ownProperties } from "./untrusted/own-properties.ts";
import type { ProviderDefinition } from "./provider/definition.ts";
import type { Token } from "./token/token.ts";
import type { Verification } from "./verify.ts";

/** What a provider says of itself. */
export interface ProviderFacts {
  readonly id: string;
  readonly name: string;
  /** The page where a person makes a token. */
  readonly tokenUrl?: string | undefined;
}

/** Options of `token`. */
export interface TokenOptions {
  /** Stops waiting, for this caller alone. */
  readonly signal?: AbortSignal | undefined;
  /** Asks the sources anew, whatever is held. */
  readonly refresh?: boolean | undefined;
}

/** Options of `verify`. */
export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. Default: the option `timeoutMs` of the auth. */
  readonly timeoutMs?: number | undefined;
}

/** Options of `explain`. */
export interface ExplainOptions {
  /** Whether to ask the service as well. */
  readonly verify?: boolean | undefined;
}

/** A provider bound to options: finds and holds the token, authorizes requests. Printing it shows no secret. */
export interface Auth<I extends Identity = Identity> {
  readonly provider: ProviderFacts;
  /** Address of the API. */
  readonly baseUrl: string;
  /** The origins that may receive the token. */
  readonly origins: readonly string[];
  /**
   * A drop-in `fetch`, to be passed around freely. It adds the header to requests for the origins and leaves all others
   * alone. Relative inputs resolve against `baseUrl`. Rejects with an `AuthError` where no token can be had.
   */
  readonly fetch: typeof globalThis.fetch;
  /**
   * The headers that a URL may carry, `{}` if none: for axios, got and others. The values are secret. Rejects with a `TypeError`
   * for what is neither a text nor a URL.
   */
  headers(url: string | URL): Promise<Record<string, string>>;
  /** The current token. `refresh` asks the sources anew, whatever is held. */
  token(options?: TokenOptions): Promise<Token>;
  /**
   * Asks the service whom the token speaks for.
   *
   * @throws {AuthError} `AUTH_TOKEN_REJECTED`, `AUTH_TOKEN_EXPIRED`, `AUTH_PERMISSION_DENIED`, `AUTH_RATE_LIMITED` (with
   * `retryAfterMs`), `AUTH_UNREACHABLE` (nothing is known of the token), `AUTH_RESPONSE_MALFORMED`,
   * `AUTH_ORIGIN_NOT_ALLOWED`, and whatever finding the token throws.
   */
  verify(options?: VerifyOptions): Promise<Verification<I>>;
  /** How it came to its token, or why it has none. Never throws; holds no secret. */
  explain(options?: ExplainOptions): Promise<Explanation<I>>;
  /**
   * What an answer of `fetch` means for the token: the error that `verify` would throw for it, masked and with its remedy.
   * `undefined` where it says nothing of the token: a success, a request that is wrong in itself (400, 404), an answer from an
   * origin that gets no token. Some services refuse inside a 2xx: the provider is asked about those too, where they are JSON.
   * The answer's body stays to be read; at most 1 MiB of it is looked at, within the auth's `timeoutMs`. Sends nothing to the
   * service.
   */
  errorOf(response: Response): Promise<AuthError | undefined>;
  /** Forgets the token: the service refused it. Where one is given, only if it is still the held one. */
  reject(token?: Token): void;
}

/** Where an auth notes the members that it was made with: `testProvider` asks whether they are still core's. */
const membersOf: unique symbol = Symbol.for("auth-providers.members.1");

/** An auth of a definition. It reads nothing yet. */
export function createAuth<Options extends object, I extends Identity>(
  definition: ProviderDefinition<Options, I>,
  given: (Options & AuthOptions) | undefined,
): Auth<I> {
  const options = ownProperties<Options & AuthOptions>(given);
  let state: AuthState<I> | undefined;
  const platform = createPlatformFetch();
  const use = (): AuthState<I> => (state ??= initialize(definition, options, platform.fetch, given));

  async function verify(asked?: VerifyOptions): Promise<Verification<I>> {
    const limits = ownProperties(asked);
    checkSignal(definition.id, limits.signal);
    const subject = use();
    // Most programs only send requests: what asks the service itself is loaded when it is first needed.
    const { verify: verifyToken } = await import("./verify.ts");
    return verifyToken(subject, limits);
  }

  const send = createFetch(() => {
    const { holder, allowed } = use();
    return { holder, allowed, fetch: options.fetch };
  }, platform);
  const auth: Auth<I> = {
    provider: {
      id: definition.id,
      name: definition.name,
      get tokenUrl() {
        return tokenUrlOf(definition, use);
      },
    },
    get baseUrl() {
      return use().setup.baseUrl;
    },
    get origins() {
      return use().setup.origins;
    },
    get fetch() {
      platform.remember(send);
      return send;
    },
    headers(url) {
      try {
        return headersFor(use(), url);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    async token(asked?: TokenOptions) {
      const { signal, refresh } = ownProperties(asked);
      checkSignal(definition.id, signal);
      const { holder } = use();
      const current = refresh === true || signal?.aborted ? undefined : holder.current();
      if (current !== undefined) return current.token;
      const site = callSite();
      try {
        return (await holder.get(signal, refresh)).token;
      } catch (error) {
        throw errorAt(site, error);
      }
    },
    verify,
    async explain(asked?: ExplainOptions) {
      const limits = ownProperties(asked);
      const { explain: explainAuth } = await import("./explain.ts");
      return explainAuth({ id: definition.id, use, verify }, limits);
    },
    async errorOf(response) {
      const subject = use();
      const { errorOfResponse } = await import("./service/error-of-response.ts");
      return errorOfResponse(subject, response);
    },
    reject(token) {
      state?.holder.reject(token && finishedHeaders(state.setup, definition.id, token).value);
    },
  };
  // As JSON it is its name: the rest would run the setup.
  Object.defineProperty(auth, "toJSON", {
    value: () => ({ provider: { id: definition.id, name: definition.name } }),
  });
  // In its fetch too, which a copy of the members has.
  for (const place of [auth, send]) Object.defineProperty(place, holderOf, { get: () => use().holder });
  const { headers, token, explain, errorOf, reject } = auth;
  const members = { fetch: send, headers, token, verify, explain, errorOf, reject };
  Object.defineProperty(auth, membersOf, { value: members });
  return auth;
}

/** The controller in place of its signal is a mistake that would otherwise be seen when it is too late. */
function checkSignal(id: string, signal: unknown): void {
  if (signal === undefined || isSignal(signal)) return;
  throw invalid(id, "the option signal is no AbortSignal", "Pass the controller's signal.");
}

/** Options can lead to another page. Where they are broken, the definition's own page is as good a place to start. */
function tokenUrlOf<I extends Identity>(
  definition: { readonly tokenUrl?: string },
  use: () => AuthState<I>,
): string | undefined {
  try {
    return use().provider.tokenUrl;
  } catch {
    return definition.tokenUrl;
  }
}

/** Not an async function: a cached token costs one promise, the one that is returned. */
function headersFor<I extends Identity>(
  { allowed, holder }: AuthState<I>,
  url: string | URL,
): Promise<Record<string, string>> {
  const isObject = typeof url === "object" && url !== null;
  const target = (isObject ? addressOfUrl(url) : undefined) ?? allowed.resolve(url);
  const origin = allowed.originOf(target);
  if (origin === undefined) {
    holder.withheld(target, "foreign origin");
    return Promise.resolve({});
  }
  const current = holder.current();
  if (current === undefined) return attachLoaded(holder, origin, callSite());
  return Promise.resolve(attach(holder, origin, current));
}

async function attachLoaded(
  holder: TokenHolder,
  origin: string,
  site: CallSite,
): Promise<Record<string, string>> {
  try {
    return attach(holder, origin, await holder.get());
  } catch (error) {
    throw errorAt(site, error);
  }
}

function attach(holder: TokenHolder, origin: string, sent: CachedToken): Record<string, string> {
  holder.attached(origin, sent);
  return headersOf(sent);
}
