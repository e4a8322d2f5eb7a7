import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

import { errorCode } from "./error-code.ts";

/** What a look at one of the toolkit's files gives. */
export type ConfigFile =
  | { readonly state: "missing" }
  /** `unreadable`: the system refuses it. Else it is read and of no use. */
  | { readonly state: "broken"; readonly problem: string; readonly unreadable?: true }
  | { readonly state: "read"; readonly text: string; readonly mode: number; readonly owner: number };

/** The largest file that is read. Bytes. */
const longestFile = 1_048_576;

/**
 * Reads a file of the toolkit. The toolkit saves by removing the old file and writing a new one, so a file that is
 * missing from a directory that exists is looked for once more.
 */
export function readConfigFile(path: string): ConfigFile {
  const file = readOnce(path);
  return file.state === "missing" && isDirectory(dirname(path)) ? readOnce(path) : file;
}

/**
 * The same for `environment.json`, which is never empty but for the moment between the toolkit's making it and its
 * writing to it. One that is, is looked at once more a little later.
 */
export function readEnvironmentFile(path: string, pause: () => void = shortPause): ConfigFile {
  const file = readConfigFile(path);
  if (file.state !== "read" || file.text !== "") return file;
  pause();
  return readConfigFile(path);
}

/** Holds the program up for 20 ms: what reads a configuration cannot wait otherwise, since addresses are given at once. */
export function shortPause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
}

/** Whether a directory is there for this user to see. */
export function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function readOnce(path: string): ConfigFile {
  let file: number | undefined;
  try {
    // Without waiting, since opening a named pipe would wait for somebody to write to it.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(file);
    if (!stats.isFile()) return { state: "broken", problem: "it is not a regular file" };
    if (stats.size > longestFile) return { state: "broken", problem: "it is too large" };
    return { state: "read", text: readFileSync(file, "utf8"), mode: stats.mode & 0o777, owner: stats.uid };
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { state: "missing" };
    return { state: "broken", problem: `it cannot be read (${String(code)})`, unreadable: true };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
