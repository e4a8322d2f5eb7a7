export { openLogin } from "./logins/open-login.ts";
export { fromCommand, type FromCommandOptions } from "./sources/from-command.ts";
export { fromFile, type FromFileOptions } from "./sources/from-file.ts";
export { fromKeychain } from "./sources/from-keychain.ts";
export { keychainEntry, type KeychainEntry } from "./sources/keychain.ts";
export { fileStore } from "./stores/file-store.ts";
