export { openLogin } from "./logins/open-login.ts";
export { fromCommand, type FromCommandOptions } from "./sources/from-command.ts";
export { fromFile, type FromFileOptions } from "./sources/from-file.ts";
export { fromKeychain } from "./sources/from-keychain.ts";
export { keychainEntry, type KeychainEntry } from "./sources/keychain.ts";
export { type FileLock, type FileLockOptions, removeLeftBehind, withFileLock } from "./stores/file-lock.ts";
export { expandHome, secretFilePath } from "./stores/file-path.ts";
export { fileStore } from "./stores/file-store.ts";
export {
  makePrivateFolder,
  type PrivacyProblem,
  type PrivateFile,
  type PrivateFileOptions,
  readPrivateFile,
  readPrivateFileSync,
} from "./stores/private-file.ts";
