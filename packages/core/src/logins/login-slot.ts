/**
 * Where logins are kept: the operating system's keychain, or a file that only its owner can read. The file's path is absolute, or
 * begins with `~/`: a relative one is refused.
 */
export type LoginStore = "keychain" | { readonly file: string };

/** Which login is meant. */
export interface LoginPlace {
  /** Logins of several accounts go by names. Default: `default`. */
  readonly name?: string | undefined;
  /** Default: the keychain. Nothing is ever kept in, or read from, the other one instead. */
  readonly store?: LoginStore | undefined;
}

/** One login, kept or not. What is kept is a JSON object with a `token`. */
export interface LoginSlot {
  readonly name: string;
  /** For people: `login acme in the keychain`. */
  readonly label: string;
  /** As it was found, whoever wrote it; `undefined` where there is none. */
  read(signal?: AbortSignal): Promise<unknown>;
  save(record: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<void>;
  /** Whether there was one. */
  delete(signal?: AbortSignal): Promise<boolean>;
}

/**
 * Opens the logins of a provider, where there are files and a keychain. Throws what `failed` makes where there can be no such
 * login.
 */
export type OpenLogin = (provider: string, place: LoginPlace) => LoginSlot;
