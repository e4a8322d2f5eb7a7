/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a token source is given each time it is asked. */
export interface SourceContext {
  /** Aborted when the time is up, or when nobody needs the answer any more. */
  readonly signal: AbortSignal;
  /** The option `env`, else the process's environment. Empty where there is no process. */
  readonly env: Environment;
  /** The option `fetch`, else the platform's. It adds no token. */
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Why it is asked: no token yet, the held one is about to expire, or the service refused it. */
  readonly reason: "initial" | "expiring" | "rejected";
  /** Id of the provider that asks. Absent where no auth does. */
  readonly provider?: string | undefined;
  /**
   * Where a source tells what it does beside being asked: it becomes an event of the auth. The facts are never secret. The
   * same function each time for one auth; absent where no auth asks.
   */
  readonly tell?: ((type: `store.${string}`, facts: Readonly<Record<string, unknown>>) => void) | undefined;
}

/** What stays the same of a source's context for as long as an auth lives. */
export type StandingContext = Omit<SourceContext, "signal" | "reason">;

/** A source's answer when it holds a token. Made by {@link found}. */
export interface Found {
  readonly outcome: "found";
  /** The token. A function, so that printing a result shows nothing. */
  readonly reveal: () => string;
  /** When it stops being valid, in milliseconds since the epoch. */
  readonly expiresAt?: number;
  /** A closer name for where it was found than the source's own. */
  readonly source?: string;
  /** In an `exchange`: what takes the place of the material, which the service has used up. */
  readonly revealNext?: () => string;
  /** What is odd about it, and how to mend that, in two sentences at most. It is used all the same; `explain` tells it. */
  readonly warning?: string;
}

/** A source's answer when it holds no token. Made by {@link unavailable}. */
export interface Unavailable {
  readonly outcome: "unavailable";
  readonly reason: string;
  readonly remedy?: string;
}

/** What a source's `resolve` returns. A thrown error is the third outcome: something is there, and it is broken. */
export type SourceResult = Found | Unavailable;

/** One place where a token can come from. */
export interface TokenSource {
  /** Where it looks, for people: `env PYLON_API_TOKEN`. Never the token. */
  readonly name: string;
  /**
   * Looks once, without keeping the answer. `unavailable` sends the next source to look. A thrown error ends the search:
   * a broken source never falls through to another identity.
   */
  readonly resolve: (context: SourceContext) => SourceResult | Promise<SourceResult>;
  /** How long one look may take. Milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
  /** The sources that this one stands for, in order. They are then asked, and reported, one by one in its place. */
  readonly sources?: readonly TokenSource[];
  /** Set where a look is immediate and disturbs nobody: `explain` then looks here too, to warn of a second token. */
  readonly immediate?: boolean;
  /** What there is to say of the token's whereabouts now, in one sentence, for `explain`. Never secret. */
  readonly explain?: (context: SourceContext) => string | undefined | Promise<string | undefined>;
}

/**
 * A source's answer when it holds a token. Surrounding white space goes; a blank value counts as unavailable.
 * `expiresAt` is in milliseconds since the epoch; without it the token is kept until the service refuses it. `next` is for
 * the `trade` of an `exchange`: the material that takes the old one's place, such as a new refresh token.
 */
export function found(
  value: string,
  facts: {
    readonly expiresAt?: number;
    readonly source?: string;
    readonly next?: string | undefined;
    readonly warning?: string;
  } = {},
): Found {
  const { next, ...others } = facts;
  return {
    outcome: "found",
    reveal: () => value,
    ...others,
    ...(next !== undefined && { revealNext: () => next }),
  };
}

/** A source's answer when nothing is there: why, in one sentence, and what would change it, in one imperative sentence. */
export function unavailable(reason: string, remedy?: string): Unavailable {
  return { outcome: "unavailable", reason, ...(remedy !== undefined && { remedy }) };
}

// Registered globally: the sources of one copy of this package may be asked by another, in a provider's bundle.
const brand = Symbol.for("auth-providers.broken");

/**
 * What a source throws when something is there and cannot be used, and a setup when an option breaks a rule: why, as a
 * clause without a full stop, and what would mend it, in one imperative sentence. Both are shown as they are, so neither
 * may quote what was found. Of any other error, everything is taken out that could be a token.
 */
export function failed(reason: string, remedy: string): Error {
  return Object.defineProperty(Object.assign(new Error(reason), { remedy }), brand, { value: true });
}

/** Whether a caught value was made by {@link broken}, of whichever installed copy. */
export function isFailed(error: unknown): error is Error & { readonly remedy: string } {
  try {
    return error instanceof Error && Object.hasOwn(error, brand);
  } catch {
    // It does not let itself be looked at, as a revoked proxy.
    return false;
  }
}
