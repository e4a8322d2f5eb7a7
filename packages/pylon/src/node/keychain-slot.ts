import { keychainEntry } from "@auth/core/node";

import type { LoginSlot } from "../login-slot.ts";
import { parseKept, readRecord } from "./saved-record.ts";

/** What the entries are filed under in the keychain. The account is the login's name. */
const service = "auth-pylon";

export function keychainSlot(name: string): LoginSlot {
  const label = `login ${name} in the keychain`;
  const entry = (): ReturnType<typeof keychainEntry> =>
    keychainEntry(service, name, "keep logins in a file: store: { file: path }");
  return {
    name,
    label,
    async read(signal) {
      const kept = await (await entry()).read(signal);
      if (kept === undefined) return undefined;
      return readRecord(parseKept(kept, `the ${label}`, "Log in again with login()."), label);
    },
    save: async (record, signal) => (await entry()).store(JSON.stringify(record), signal),
    delete: async (signal) => (await entry()).delete(signal),
  };
}
