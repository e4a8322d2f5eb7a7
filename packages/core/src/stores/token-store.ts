/**
 * Where many processes keep one token. A store remembers, for each key, the newest record, who may make the next one, and
 * until when. It needs one ability: to change all that in one step, if it is still as it was (compare and set).
 *
 * Every instant here is by the store's own clock, and each answer says what that clock shows, so that callers use
 * differences alone: no two machines have to agree on the time. A method rejects when the store cannot be asked; that is
 * never an answer. Keys are the caller's, and carry no secret. `testTokenStore` of `@auth/testing` checks all of it.
 */
export interface TokenStore {
  /** What and where it is, for messages: `file /var/lib/app/token`. Never secret. Default: `store`. */
  readonly name?: string;
  /** The record of the newest generation; `undefined` where there is none. Never waits for a claim to end. */
  read(key: string): Promise<StoredRecord | undefined>;
  /**
   * Asks for the right to make the next record. In this order:
   * - `newer`: the record is of a generation above `after`;
   * - `held`: somebody's claim still runs, or everybody is to wait;
   * - `won`: from now on nobody else wins, until the claim is published, released, or its `leaseMs` are over.
   */
  claim(key: string, wish: ClaimWish): Promise<ClaimAnswer>;
  /**
   * Puts a record in the place of the last one and ends the claim, in one step. `false`, and nothing changed, where the
   * claim no longer holds: its lease is over, somebody else won since, or it was published or released already.
   */
  publish(claim: Claim, record: TokenRecord): Promise<boolean>;
  /**
   * Gives the claim up, so that the next one may win at once, or from `notBeforeAt` on. The record stays. Does nothing
   * where the claim no longer holds.
   */
  release(claim: Claim, options?: ReleaseOptions): Promise<void>;
}

/** What a store keeps. Its text is secret: encrypt it, or keep it where only the program's user can read. */
export interface TokenRecord {
  /** Larger than that of the record before. A claim asks by it whether there is a newer one. */
  readonly generation: number;
  /** The text to keep as it is. A function, so that printing a record shows nothing. */
  reveal(): string;
}

/** What a store gives back. */
export interface StoredRecord extends TokenRecord {
  /** How long ago it was published, by the store's clock. Milliseconds. */
  readonly ageMs: number;
  /** Who holds a claim on the next one at the moment, as the `holder` of the claim put it. */
  readonly holder?: string | undefined;
}

/** What somebody who wants the next record says. */
export interface ClaimWish {
  /** The generation that the caller knows; 0 for none. */
  readonly after: number;
  /** How long the claim runs unless it is published or released before. Milliseconds. */
  readonly leaseMs: number;
  /** Who asks, for people: a host and a process. Never secret. */
  readonly holder?: string | undefined;
}

/** The right to publish the next record. Handed back to the store as it came. */
export interface Claim {
  readonly key: string;
  /**
   * Larger than every fence and every generation that this store gave or held for the key, also after the store lost what
   * it held: the most of the last one and 1, the wish's `after` and 1, and the milliseconds of the store's clock. By it the
   * store knows whether the claim still holds.
   */
  readonly fence: number;
  /** What the store's clock showed. Milliseconds since the epoch. */
  readonly at: number;
}

/** The three answers to a claim. */
export type ClaimAnswer =
  | (Claim & {
      readonly outcome: "won";
      /** How many claims were released with a `notBeforeAt` since the last record was published. */
      readonly failures: number;
      /** Whether a claim ended by its lease since then: its holder died, or stood still. */
      readonly lapsed: boolean;
    })
  | {
      readonly outcome: "held";
      /** When the claim, or the pause, is over, and what the store's clock shows. Milliseconds since the epoch. */
      readonly untilAt: number;
      readonly at: number;
      /** Whether it is a pause after a failure, and nobody holds the claim. */
      readonly paused: boolean;
      readonly holder?: string | undefined;
    }
  | { readonly outcome: "newer"; readonly record: StoredRecord };

/** Options of `release`. */
export interface ReleaseOptions {
  /** Before this nobody is to win, by the store's clock: the claim's `at` and what has passed since. */
  readonly notBeforeAt?: number | undefined;
}
