export { type FileLock, type FileLockOptions, removeLeftBehind, withFileLock } from "./stores/file-lock.ts";
export { expandHome, secretFilePath } from "./stores/file-path.ts";
export {
  makePrivateFolder,
  type PrivacyProblem,
  type PrivateFile,
  type PrivateFileOptions,
  readPrivateFile,
  readPrivateFileSync,
} from "./stores/private-file.ts";
