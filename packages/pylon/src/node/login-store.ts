import { broken } from "@auth/core";
import { keychainEntry } from "@auth/core/node";

import { deleteFromFile, readFromFile, saveToFile } from "./login-file.ts";
import { parseKept, readRecord, type SavedRecord } from "./saved-record.ts";

/** Where logins are kept: the operating system's keychain, or a file that only its owner can read. */
export type LoginStore = "keychain" | { readonly file: string };

/** Which login is meant. */
export interface LoginPlace {
  /** Logins of several organizations go by names. Default: `default`. */
  readonly name?: string | undefined;
  /** Default: the keychain. Nothing is ever kept in, or read from, the other one instead. */
  readonly store?: LoginStore | undefined;
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

/** What the entries are filed under in the keychain. The account is the login's name. */
const service = "auth-pylon";

export function loginSlot({ name = "default", store = "keychain" }: LoginPlace): LoginSlot {
  if (typeof name !== "string" || !/^[^\s\p{C}](?:[^\p{C}]{0,98}[^\s\p{C}])?$/u.test(name))
    throw broken("the name of a login is not 1 to 100 visible characters", 'Pass a name such as "acme".');
  if (store === "keychain") {
    const label = `login ${name} in the keychain`;
    return {
      name,
      label,
      async read(signal) {
        const kept = await (await keychainEntry(service, name)).read(signal);
        return kept === undefined
          ? undefined
          : readRecord(parseKept(kept, `the ${label}`, "Log in again with login()."), label);
      },
      save: async (record, signal) =>
        (await keychainEntry(service, name)).store(JSON.stringify(record), signal),
      delete: async (signal) => (await keychainEntry(service, name)).delete(signal),
    };
  }
  const file = typeof store === "object" && store !== null ? store.file : undefined;
  if (typeof file !== "string" || file === "")
    throw broken(
      'the store is neither "keychain" nor a file',
      'Pass store: "keychain" or store: { file: path }.',
    );
  const label = `login ${name} in ${file}`;
  return {
    name,
    label,
    read: async () => {
      const kept = await readFromFile(file, name);
      return kept === undefined ? undefined : readRecord(kept, label);
    },
    save: (record) => saveToFile(file, name, record),
    delete: () => deleteFromFile(file, name),
  };
}
