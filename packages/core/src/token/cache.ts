import { firstPauseMs, longestPauseMs, pauseAfter } from "../back-off.ts";
import type { CachedToken } from "../requests/authorizer.ts";
import type { SourceContext } from "../sources/source.ts";

/** What the cache looks at of what it holds. */
type Held = Pick<CachedToken, "value"> & { readonly token: { readonly expiresAt?: number } };

export interface TokenCacheOptions<T extends Held> {
  /** Asks the sources. Rejects when they have no usable token. */
  readonly load: (reason: SourceContext["reason"], signal: AbortSignal) => Promise<T>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /**
   * Whether callers may wait for one and the same load. Workers bind a promise to the request that made it: there, each
   * caller loads for itself and the first answer is kept.
   */
  readonly shared: boolean;
  /** Told of each token that is forgotten because the service refused it. */
  readonly onRejected: (held: T) => void;
}

/** The one token of an auth: held while it is good, loaded once for all who wait, refreshed ahead of its expiry. */
export interface TokenCache<T extends Held> {
  /** The held token if it may be sent, at once. Starts a refresh in the background when it is close to its expiry. */
  current(): T | undefined;
  /** The held token, or the next one. `refresh` asks the sources whatever is held. */
  get(signal?: AbortSignal, refresh?: boolean): Promise<T>;
  /** Why the last load failed, while the token from before it is still served. */
  failure(): unknown;
  /** Forgets the held token, if it is the refused one where one is named. A load in flight is started anew. */
  reject(value?: string): void;
  /**
   * After a refusal of `value`: the token to try instead, if there is another. However many late refusals of one token
   * come in, the sources are asked once.
   */
  replace(value: string, signal?: AbortSignal): Promise<T | undefined>;
}

/** A refresh starts this long before the expiry at the most. Milliseconds. */
const longestWindowMs = 300_000;

interface Waiter<T> {
  readonly resolve: (held: T) => void;
  readonly reject: (error: unknown) => void;
}

/** A load, and those who wait for it. */
interface Flight<T> extends Waiter<T> {
  readonly promise: Promise<T>;
  /** Those who can give up, each of whom is forgotten at once when it does. */
  readonly leavers: Set<Waiter<T>>;
}

export function createTokenCache<T extends Held>({
  load,
  now,
  shared,
  onRejected,
}: TokenCacheOptions<T>): TokenCache<T> {
  let held: T | undefined;
  // Two deadlines as plain numbers, so that the cached path compares and nothing else.
  let refreshAt = Number.POSITIVE_INFINITY;
  let expiresAt = Number.POSITIVE_INFINITY;

  let flight: Flight<T> | undefined;
  let controller: AbortController | undefined;
  let latest = 0;

  let failure: { readonly error: unknown; readonly until: number } | undefined;
  let failures = 0;
  /** The token that the service refused, and until when asking the sources about it once more is pointless. */
  let refused: { readonly value: string; readonly until: number; readonly times: number } | undefined;
  let reason: SourceContext["reason"] = "initial";

  function keep(next: T): void {
    held = next;
    failure = undefined;
    failures = 0;
    reason = "expiring";
    expiresAt = next.token.expiresAt ?? Number.POSITIVE_INFINITY;
    const window = Math.min(longestWindowMs, (expiresAt - now()) / 5) * (0.8 + Math.random() / 5);
    refreshAt = Math.min(Math.max(expiresAt - window, now() + firstPauseMs), expiresAt);
    if (refused?.value !== next.value) refused = undefined;
  }

  function fail(error: unknown): void {
    failure = { error, until: now() + pauseAfter(failures++) };
    // What is still valid goes on being served; the next try comes after the pause.
    refreshAt = Math.min(failure.until, expiresAt);
  }

  /** Starts a load for the flight. Only the latest load may answer: an older one that comes late is ignored. */
  function launch(target: Flight<T>): void {
    const turn = ++latest;
    controller?.abort();
    controller = new AbortController();
    load(reason, controller.signal)
      .then(
        (next) => {
          if (turn !== latest) return;
          flight = undefined;
          keep(next);
          target.resolve(next);
        },
        (error: unknown) => {
          if (turn !== latest) return;
          flight = undefined;
          fail(error);
          target.reject(error);
        },
      )
      // The clock is the caller's code, and may throw: those who wait must not wait for ever.
      .catch(target.reject);
  }

  function takeOff(): Flight<T> {
    const all = deferred<T>();
    // A refresh in the background has nobody who waits for it: its failure is kept by fail(), and goes nowhere else.
    all.promise.catch(() => undefined);
    const leavers = new Set<Waiter<T>>();
    const started: Flight<T> = {
      promise: all.promise,
      leavers,
      resolve(next) {
        all.resolve(next);
        for (const waiter of leavers) waiter.resolve(next);
      },
      reject(error) {
        all.reject(error);
        for (const waiter of leavers) waiter.reject(error);
      },
    };
    flight = started;
    launch(started);
    return started;
  }

  /** Waits for a load until the signal is aborted. The load goes on, and keeps nothing of who gave up. */
  function waitFor({ leavers }: Flight<T>, signal: AbortSignal): Promise<T> {
    const own = deferred<T>();
    const leave = (): void => {
      leavers.delete(waiter);
      own.reject(signal.reason);
    };
    const stay = (): void => signal.removeEventListener("abort", leave);
    const waiter: Waiter<T> = {
      resolve(next) {
        stay();
        own.resolve(next);
      },
      reject(error) {
        stay();
        own.reject(error);
      },
    };
    signal.addEventListener("abort", leave, { once: true });
    leavers.add(waiter);
    return own.promise;
  }

  /** A load of one caller's own, where promises cannot be shared. */
  async function loadAlone(signal: AbortSignal | undefined): Promise<T> {
    const turn = ++latest;
    try {
      const next = await load(reason, signal ?? new AbortController().signal);
      if (turn === latest) keep(next);
      return next;
    } catch (error) {
      signal?.throwIfAborted();
      if (turn === latest) fail(error);
      if (held !== undefined && now() < expiresAt) return held;
      throw error;
    }
  }

  function current(): T | undefined {
    if (refreshAt === Number.POSITIVE_INFINITY) return held;
    const at = now();
    if (at < refreshAt) return held;
    if (at >= expiresAt || !shared) return undefined;
    if (held !== undefined && flight === undefined) takeOff();
    return held;
  }

  function get(signal?: AbortSignal, refresh = false): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (!refresh) {
      const usable = current();
      if (usable !== undefined) return Promise.resolve(usable);
      if (failure !== undefined && lasts(failure.until, now())) return Promise.reject(failure.error);
    }
    if (!shared) return loadAlone(signal);
    if (flight !== undefined && refresh) launch(flight);
    const joined = flight ?? takeOff();
    return signal === undefined ? joined.promise : waitFor(joined, signal);
  }

  function reject(value?: string): void {
    // Where nobody has asked for a token, there is nothing to forget.
    if (latest === 0) return;
    const known = value ?? held?.value;
    // A late refusal: of a token that has been replaced, or whose replacement is on its way.
    if (held === undefined ? known !== undefined && known === refused?.value : known !== held.value) return;
    if (known !== undefined) {
      const times = known === refused?.value ? refused.times + 1 : 0;
      refused = { value: known, times, until: now() + pauseAfter(times) };
    }
    if (held !== undefined) onRejected(held);
    held = undefined;
    refreshAt = expiresAt = Number.POSITIVE_INFINITY;
    failure = undefined;
    reason = "rejected";
    if (flight !== undefined) launch(flight);
    // A load of one caller's own began before the refusal: what it brings is not kept.
    else latest++;
  }

  async function replace(value: string, signal?: AbortSignal): Promise<T | undefined> {
    if (held?.value === value) {
      if (refused?.value === value && lasts(refused.until, now())) return undefined;
      reject(value);
    }
    const next = await get(signal);
    return next.value === value ? undefined : next;
  }

  return { current, get, failure: () => failure?.error, reject, replace };
}

/** As `Promise.withResolvers`, which zone.js before 0.15 takes away. */
function deferred<T>(): Waiter<T> & { readonly promise: Promise<T> } {
  let resolve: Waiter<T>["resolve"] = () => undefined;
  let reject: Waiter<T>["reject"] = () => undefined;
  const promise = new Promise<T>((take, refuse) => {
    resolve = take;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

/** Whether a pause is still on. A clock that was set back makes none longer. */
function lasts(until: number, now: number): boolean {
  return now < until && until - now <= longestPauseMs;
}
