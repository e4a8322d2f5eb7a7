import { createFetch } from "./adapters/fetch.ts";
import { createPlatformFetch, type PlatformFetch } from "./adapters/platform-fetch.ts";
import { addressOfUrl } from "./adapters/request-facts.ts";
import { isSignal } from "./adapters/request-signal.ts";
import { type CachedToken, headersOf, holderOf, type TokenHolder } from "./authorizer.ts";
import { type AuthError, invalid } from "./errors.ts";
import { type AuthEvent, createEvents, type Events } from "./events.ts";
import type { Explanation } from "./explain.ts";
import { finishedHeaders } from "./header-value.ts";
import type { Identity } from "./identity.ts";
import type { AnsweringProvider } from "./service/call-context.ts";
import { loadPart } from "./load-part.ts";
import { type AllowedOrigins, createAllowedOrigins } from "./origin.ts";
import { ownProperties } from "./own-properties.ts";
import type { ProviderDefinition } from "./provider-definition.ts";
import { type CheckedSetup, runSetup } from "./setup.ts";
import type { TokenFunction } from "./sources/from-function.ts";
import type { Environment, SourceContext, TokenSource } from "./token-source.ts";
import type { Token } from "./token.ts";
import { createTokenHolder } from "./token-holder.ts";
import type { Verification } from "./verify.ts";

/** Options that every provider takes. */
export interface AuthOptions {
  /** The token, a function that gives it, or a source. Comes before every other place. Blank counts as not given. */
  readonly token?: string | TokenFunction | TokenSource | undefined;
  /**
   * Another address of the API, to whose path relative inputs are joined. It replaces the provider's and, with it, the origins
   * that receive the token.
   */
  readonly baseUrl?: string | undefined;
  /**
   * Further origins that may receive the token, such as `https://files.example.com`: https only, except loopback. They stay where
   * `baseUrl` is given.
   */
  readonly alsoOrigins?: readonly string[] | undefined;
  /** Environment variables. Default: the process's. */
  readonly env?: Environment | undefined;
  /**
   * What sends the requests. Default: the platform's `fetch`. How another one treats redirects is not known, so that they
   * are followed here: a `Request` with a body cannot be redirected with its body then.
   */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** For a whole search for a token, and for `verify`. Milliseconds. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Is told what happens: sources tried, headers attached and withheld, and so on. Never a secret. */
  readonly onEvent?: ((event: AuthEvent) => void) | undefined;
  /** Lets a plain-http origin that is not loopback receive the token. Anyone on the way can read it then. */
  readonly allowInsecureHttp?: boolean | undefined;
  /** The clock. Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
}

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

/** For a whole search, and for verify. Milliseconds. */
const defaultTimeoutMs = 30_000;

/** What the options have to be that nobody else checks. */
const kinds = [
  ["now", "function"],
  ["fetch", "function"],
  ["onEvent", "function"],
  ["env", "object"],
] as const;

/** Everything that the first use brings to life. */
interface Live<I extends Identity> {
  readonly setup: CheckedSetup<I>;
  readonly provider: AnsweringProvider;
  readonly context: SourceContexts;
  readonly timeoutMs: number;
  readonly events: Events;
  /** The one token. */
  readonly cache: TokenHolder;
  readonly destinations: AllowedOrigins;
}

type SourceContexts = Omit<SourceContext, "signal" | "reason">;

/** An auth of a definition. It reads nothing yet. */
export function createAuth<Options extends object, I extends Identity>(
  definition: ProviderDefinition<Options, I>,
  given: (Options & AuthOptions) | undefined,
): Auth<I> {
  const options = ownProperties<Options & AuthOptions>(given);
  let live: Live<I> | undefined;
  const platform = createPlatformFetch();
  const use = (): Live<I> => (live ??= bringToLife(definition, options, platform));

  async function verify(asked?: VerifyOptions): Promise<Verification<I>> {
    checkSignal(definition.id, ownProperties(asked).signal);
    const subject = use();
    const part = await loadPart(definition.id, import("./verify.ts"));
    return part.verify(subject, ownProperties(asked));
  }

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
    fetch: createFetch(() => {
      const { cache, destinations } = use();
      return { holder: cache, destinations, fetch: options.fetch };
    }, platform),
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
      return (await use().cache.get(signal, refresh)).token;
    },
    verify,
    async explain(asked?: ExplainOptions) {
      const { explain } = await loadPart(definition.id, import("./explain.ts"));
      return explain({ id: definition.id, use, verify }, ownProperties(asked));
    },
    async errorOf(response) {
      const { errorOfResponse } = await loadPart(definition.id, import("./service/error-of-response.ts"));
      return errorOfResponse(use(), response);
    },
    reject(token) {
      live?.cache.reject(token && finishedHeaders(live.setup, definition.id, token).value);
    },
  };
  // As JSON it is its name: the rest would run the setup.
  Object.defineProperty(auth, "toJSON", {
    value: () => ({ provider: { id: definition.id, name: definition.name } }),
  });
  Object.defineProperty(auth, holderOf, { get: () => use().cache });
  const { fetch, headers, token, explain, errorOf, reject } = auth;
  const members = { fetch, headers, token, verify, explain, errorOf, reject };
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
  use: () => Live<I>,
): string | undefined {
  try {
    return use().provider.tokenUrl;
  } catch {
    return definition.tokenUrl;
  }
}

function bringToLife<Options extends object, I extends Identity>(
  definition: ProviderDefinition<Options, I>,
  options: Options & AuthOptions,
  platform: PlatformFetch,
): Live<I> {
  const { id, name } = definition;
  const { timeoutMs = defaultTimeoutMs, now = Date.now, env, onEvent } = options;
  if (!(timeoutMs > 0)) throw invalid(id, "timeoutMs is not above zero", "Give timeoutMs in milliseconds.");
  for (const [option, kind] of kinds) {
    const value: unknown = options[option];
    if (value !== undefined && (typeof value !== kind || value === null))
      throw invalid(id, `the option ${option} is no ${kind}`, "Pass one, or leave it out.");
  }
  const context: SourceContexts = {
    env: env ?? processEnvironment(),
    fetch: options.fetch ?? platform.fetch,
    now,
  };
  const setup = runSetup(definition, options, context);
  const { tokenPattern } = definition;
  const provider = { id, name, tokenUrl: setup.tokenUrl ?? definition.tokenUrl, tokenPattern };
  const events = createEvents(id, now, onEvent);
  const searcher = { setup, provider, context, events, timeoutMs };
  const cache = createTokenHolder(searcher);
  const destinations = createAllowedOrigins(setup.baseUrl, setup.origins);
  return { ...searcher, cache, destinations };
}

/** Not an async function: a cached token costs one promise, the one that is returned. */
function headersFor<I extends Identity>(live: Live<I>, url: string | URL): Promise<Record<string, string>> {
  const { destinations, cache } = live;
  const isObject = typeof url === "object" && url !== null;
  const target = (isObject ? addressOfUrl(url) : undefined) ?? destinations.resolve(url);
  const origin = destinations.allowed(target);
  if (origin === undefined) {
    cache.withheld(target, "foreign origin");
    return Promise.resolve({});
  }
  const current = cache.current();
  if (current === undefined) return cache.get().then((loaded) => attach(cache, origin, loaded));
  return Promise.resolve(attach(cache, origin, current));
}

function attach(holder: TokenHolder, origin: string, sent: CachedToken): Record<string, string> {
  holder.attached(origin, sent);
  return headersOf(sent);
}

function processEnvironment(): Environment {
  return (globalThis as { process?: { env?: Environment } }).process?.env ?? {};
}
