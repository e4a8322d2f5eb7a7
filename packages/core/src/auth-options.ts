import type { AuthEvent } from "./events.ts";
import type { TokenFunction } from "./sources/from-function.ts";
import type { TokenSource } from "./sources/source.ts";

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
  /** Environment variables. Default: the process's. A Worker's `env` with other bindings in it will do: only texts are read. */
  // eslint-disable-next-line typescript/no-explicit-any -- an interface, which has no index, fits no other type of values
  readonly env?: Readonly<Record<string, any>> | undefined;
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
