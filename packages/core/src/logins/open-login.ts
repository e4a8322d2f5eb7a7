import { failed } from "../sources/source.ts";
import { secretFilePath } from "../stores/file-path.ts";
import { fileSlot } from "./file-slot.ts";
import { keychainSlot } from "./keychain-slot.ts";
import type { LoginPlace, LoginSlot } from "./login-slot.ts";

/** Opens a login of a provider in the keychain or in a file. Throws what `failed` makes where there can be no such login. */
export function openLogin(provider: string, { name = "default", store = "keychain" }: LoginPlace): LoginSlot {
  if (typeof name !== "string" || !/^[^\s\p{C}](?:[^\p{C}]{0,98}[^\s\p{C}])?$/u.test(name))
    throw failed("the name of a login is not 1 to 100 visible characters", 'Pass a name such as "acme".');
  if (store === "keychain") return keychainSlot(provider, name);
  const file: unknown = typeof store === "object" && store !== null ? store.file : undefined;
  if (typeof file === "string" && file !== "") return fileSlot(secretFilePath(file, "store.file"), name);
  throw failed(
    'the store is neither "keychain" nor a file',
    'Pass store: "keychain" or store: { file: path }.',
  );
}
