import { keychainEntry } from "../sources/keychain.ts";
import { parseKept } from "./file-slot.ts";
import type { LoginSlot } from "./login-slot.ts";

/** A login in the keychain. The entries of a provider are filed under `auth-<provider>`, the account is the login's name. */
export function keychainSlot(provider: string, name: string): LoginSlot {
  const label = `login ${name} in the keychain`;
  const entry = (): ReturnType<typeof keychainEntry> =>
    keychainEntry(`auth-${provider}`, name, "keep logins in a file: store: { file: path }");
  return {
    name,
    label,
    async read(signal) {
      const kept = await (await entry()).read(signal);
      return kept === undefined ? undefined : parseKept(kept, `the ${label}`, "Log in again with login().");
    },
    save: async (record, signal) => (await entry()).store(JSON.stringify(record), signal),
    delete: async (signal) => (await entry()).delete(signal),
  };
}
