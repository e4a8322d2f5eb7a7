import type { SourceResult } from "@auth/core";

import type { PylonRegion } from "./region.ts";

/**
 * Where logins are kept: the operating system's keychain, or a file that only its owner can read. The file's path is absolute, or
 * begins with `~/`: a relative one is refused.
 */
export type LoginStore = "keychain" | { readonly file: string };

/** Which login is meant. */
export interface LoginPlace {
  /** Logins of several organizations go by names. Default: `default`. */
  readonly name?: string | undefined;
  /** Default: the keychain. Nothing is ever kept in, or read from, the other one instead. */
  readonly store?: LoginStore | undefined;
}

/** What is known of a saved login, without its token. */
export interface SavedLogin {
  readonly name: string;
  readonly region: PylonRegion;
  readonly organization: { readonly id: string; readonly name?: string };
}

/** A login as it is kept, under its name. */
export interface SavedRecord extends Omit<SavedLogin, "name"> {
  readonly token: string;
}

/** One login, kept or not. */
export interface LoginSlot {
  readonly name: string;
  /** For people: `login acme in the keychain`. */
  readonly label: string;
  read(signal?: AbortSignal): Promise<SavedRecord | undefined>;
  save(record: SavedRecord, signal?: AbortSignal): Promise<void>;
  /** Whether there was one. */
  delete(signal?: AbortSignal): Promise<boolean>;
}

/** What opens saved logins, where there are files and a keychain: `node/logins.ts`. */
export interface Logins {
  /** Throws where there can be no such login. */
  openSlot(place: LoginPlace): LoginSlot;
  /** The token of a login, used in the login's own region alone. */
  findToken(place: LoginPlace, region: PylonRegion, signal: AbortSignal): Promise<SourceResult>;
}
