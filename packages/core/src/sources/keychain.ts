import type { AsyncEntry } from "@napi-rs/keyring";

import { failed } from "./source.ts";

/** What the operating system keeps under a service and an account name. */
export interface KeychainEntry {
  /** The stored value, or `undefined` where there is none. */
  read(signal?: AbortSignal): Promise<string | undefined>;
  store(value: string, signal?: AbortSignal): Promise<void>;
  /** Whether there was something to delete. */
  delete(signal?: AbortSignal): Promise<boolean>;
}

const unlock = "Start and unlock the keychain (on Linux a Secret Service such as gnome-keyring)";

/**
 * An entry of the macOS Keychain, the Windows Credential Manager, or the Secret Service of Linux. Loads the native package
 * `@napi-rs/keyring` when it is first used. Rejects where that or the keychain is missing: nothing is kept anywhere else.
 * `otherwise` is what the user can do instead: the end of a remedy.
 */
export async function keychainEntry(
  service: string,
  account: string,
  otherwise: string = "take the token from another source",
): Promise<KeychainEntry> {
  const unlocking = `${unlock}, or ${otherwise}.`;
  const entry = await open(service, account, otherwise);
  const failing = async <T>(task: Promise<T>): Promise<T> => {
    try {
      return await task;
    } catch {
      throw failed(`the keychain did not give access to ${service}, ${account}`, unlocking);
    }
  };
  return {
    read: async (signal) => (await failing(entry.getPassword(signal))) ?? undefined,
    store: (value, signal) => failing(entry.setPassword(value, signal)),
    delete: (signal) => failing(entry.deleteCredential(signal)),
  };
}

async function open(service: string, account: string, otherwise: string): Promise<AsyncEntry> {
  const keyring = await loadPackage("@napi-rs/keyring").catch((error: unknown) => {
    // The package is there, and its part for this platform is not.
    const incomplete = error instanceof Error && /native binding|keyring-\w/.test(error.message);
    throw incomplete
      ? failed(
          "the package @napi-rs/keyring has no binary for this platform",
          `Install @napi-rs/keyring again, with its optional dependencies, or ${otherwise}.`,
        )
      : failed(
          "the keychain needs the package @napi-rs/keyring, which is not installed",
          `Install @napi-rs/keyring beside the provider package, or ${otherwise}.`,
        );
  });
  // Before version 2 it would take the kernel's keyring where there is no Secret Service: that is gone after a restart.
  if (!("LinuxStore" in keyring))
    throw failed(
      "the keychain needs @napi-rs/keyring 2 or newer, and an older one is installed",
      `Install @napi-rs/keyring@2, or ${otherwise}.`,
    );
  try {
    return new keyring.AsyncEntry(service, account, { linux: { store: "secret-service" } });
  } catch {
    throw failed("there is no keychain that can be reached", `${unlock}, or ${otherwise}.`);
  }
}

/**
 * Bundlers do not see which package this is: what is native cannot be bundled, and where it is absent a program that uses no keychain has
 * to build all the same.
 */
async function loadPackage(name: string): Promise<typeof import("@napi-rs/keyring")> {
  return import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ name);
}
