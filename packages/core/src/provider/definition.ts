import type { AuthErrorCode } from "../errors.ts";
import type { HeaderInjection } from "./header-injection.ts";
import type { Identity } from "../identity.ts";
import type { Token } from "../token/token.ts";
import type { Environment, TokenSource } from "../sources/source.ts";

/** A service described as data. {@link defineProvider} makes a factory of it. */
export interface ProviderDefinition<Options extends object, I extends Identity> {
  /** Version of this interface. */
  readonly specVersion: 1;
  /** Lower-case, as the last part of the package's name: `acme`. */
  readonly id: string;
  /** The service's name for people: `Acme`. */
  readonly name: string;
  /** The page where a person makes a token. It ends the remedies. */
  readonly tokenUrl?: string;
  /**
   * What a token of this service looks like, as a whole: `/^acme_[0-9a-f]{40}$/`. Anchored, without the flags `g` and `y`.
   * For scanners, for masking and for hints. A token of another form is sent all the same.
   */
  readonly tokenPattern?: RegExp;
  /**
   * Turns the options into what this auth is. Synchronous; run at the first use of an auth, never before; sends nothing.
   * For an option that breaks a rule it throws `broken(reason, remedy)`, which becomes `AUTH_PROVIDER_INVALID`.
   */
  readonly setup: (options: Readonly<Options> & AddressOption, context: SetupContext) => ProviderSetup<I>;
}

/** The one option of every provider that a `setup` is told: it replaces the address that the setup returns. */
export interface AddressOption {
  readonly baseUrl?: string | undefined;
}

/** What a provider's `setup` is given besides the options. */
export interface SetupContext {
  /** The option `env`, else the process's environment. */
  readonly env: Environment;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What a provider is with its options applied. */
export interface ProviderSetup<I extends Identity> {
  /** Address of the API. Relative inputs resolve against it. */
  readonly baseUrl: string;
  /** The origins that may receive the token. Default: the origin of `baseUrl`, which must be among them. */
  readonly origins?: readonly string[];
  /** Where to look for the token, in order. The option `token`, which every provider has, comes before them. */
  readonly sources: readonly TokenSource[];
  /** Default: `bearer()`. Where the token decides: `oneOf(forms, pick)`. */
  readonly inject?: HeaderInjection;
  /**
   * Fixed headers that are sent with the token, such as `{ "acme-version": "2026-11-01" }`. The caller's own of that name wins.
   * Never a secret: they stand in events and in `explain`.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where several kinds of token are verified in several ways: a function of the token, run for each verify. */
  readonly verify: VerifyEndpoint<I> | ((token: Token) => VerifyEndpoint<I>);
  /**
   * What this service means by an answer that is not 2xx, and by a 2xx to verify in which `identify` finds nobody. The one
   * place for a service's knowledge of errors.
   */
  readonly classify?: (answer: ServiceAnswer) => Classification;
  /** Name of the header with the service's id for an answer. */
  readonly requestIdHeader?: string;
  /** How long to wait before a retry. Milliseconds. Default: what the service asks for, else a growing pause. */
  readonly retryDelayMs?: (failed: FailedTry) => number;
  /** Plain-http origins that the platform itself gave, such as a job's API server. */
  readonly insecureOrigins?: readonly string[];
  /** For `explain`: what is odd, and still works. A function is called by `explain` alone, each time. */
  readonly warnings?: readonly string[] | (() => readonly string[]);
  /** Where it depends on the options. */
  readonly tokenUrl?: string;
}

/** The request that asks the service whom the token speaks for. */
export interface VerifyEndpoint<I extends Identity> {
  /** Default: `GET`. */
  readonly method?: "GET" | "POST";
  /** Joined to `baseUrl`, whose own path stays in front of it; has to stay within the origins. */
  readonly path: string;
  /** Beside the token's own header, which always wins. Never a secret. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Reads a 2xx answer. `undefined`: it does not say whom the token speaks for. */
  readonly identify: (body: unknown, answer: IdentityAnswer) => I | undefined;
}

/** What `identify` is told besides the body. */
export interface IdentityAnswer {
  /** The answer's headers. Some services say there what a token may do. */
  readonly headers: Headers;
  /** Where the token came from. */
  readonly source: string;
}

/** An answer of the service, for `classify`. */
export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Headers;
  /**
   * Parsed JSON; the text where it is none; `undefined` where there is no body, or one of more than 1 MiB. As it came: it may
   * echo the token, which is masked in what is made of it.
   */
  readonly body: unknown;
  /** Where the token came from that was sent. */
  readonly source: string;
}

/** What an answer means. What is left out is judged by the status and the standard headers. */
export interface Classification {
  readonly code?: AuthErrorCode | undefined;
  /** Why, in the service's words or better ones. One sentence. */
  readonly reason?: string | undefined;
  /** What to do, in one imperative sentence. */
  readonly remedy?: string | undefined;
  readonly requestId?: string | undefined;
  /** Milliseconds. Where this is given, even as `undefined`, the standard `Retry-After` is not looked at. */
  readonly retryAfterMs?: number | undefined;
}

/** A try of a request that failed, for `retryDelayMs`. */
export interface FailedTry {
  /** How many tries have failed, this one included. */
  readonly attempts: number;
  /** Absent where there was no answer. */
  readonly status?: number;
  /** What the service asked for. Milliseconds, a day at most. */
  readonly retryAfterMs?: number;
}
