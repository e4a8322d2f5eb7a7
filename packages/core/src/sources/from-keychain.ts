import { found, type TokenSource, unavailable } from "./source.ts";
import { keychainEntry } from "./keychain.ts";

/**
 * Reads a token from the operating system's keychain, each time it is asked: the macOS Keychain, the Windows Credential
 * Manager, or the Secret Service of Linux. Needs the package `@napi-rs/keyring`, which is loaded at the first look. A
 * missing entry counts as unavailable; a keychain that is locked or missing ends the search.
 */
export function fromKeychain(service: string, account: string): TokenSource {
  return {
    name: `keychain ${service}, ${account}`,
    async resolve({ signal }) {
      const value = await (await keychainEntry(service, account)).read(signal);
      return value === undefined
        ? unavailable(`the keychain holds nothing for ${service}, ${account}`)
        : found(value);
    },
  };
}
