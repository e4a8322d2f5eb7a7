import { closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";

import { errorCode } from "./error-code.ts";

/** What a look at one of the toolkit's files gives. */
export type ConfigFile =
  | { readonly state: "missing" }
  | {
      readonly state: "broken";
      readonly problem: string;
      /** `"unreadable"`: the system refuses it. `"foreign"`: another user's. Otherwise it is read and of no use. */
      readonly cause?: "unreadable" | "foreign";
    }
  | { readonly state: "read"; readonly text: string; readonly mode: number };

/** The largest file that is read. Bytes. */
export const longestFile = 1_048_576;

/** How long ago a directory changed where the toolkit may be in the middle of a save. Milliseconds. */
const recentlyMs = 10_000;

/** Reads a file of the toolkit. One of another user's is not read: who owns it can write a server or a token into it. */
export function readConfigFile(path: string): ConfigFile {
  let file: number | undefined;
  try {
    // Without waiting, since opening a named pipe would wait for somebody to write to it.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(file);
    if (!stats.isFile()) return { state: "broken", problem: "it is not a regular file" };
    if (isForeign(stats)) return { state: "broken", problem: "it belongs to another user", cause: "foreign" };
    const bytes = readBytes(file, longestFile);
    if (bytes === undefined) return { state: "broken", problem: "it is too large" };
    const text = textOf(bytes);
    return typeof text === "string"
      ? { state: "read", text, mode: stats.mode & 0o777 }
      : { state: "broken", problem: text.problem };
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { state: "missing" };
    return { state: "broken", problem: `it cannot be read (${String(code)})`, cause: "unreadable" };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * The same for `environment.json`. The toolkit saves by removing it, making a new one and writing to that: one that is
 * seen missing while its directory changes, or empty, is looked at once more a little later.
 */
export function readEnvironmentFile(path: string, pause: () => void = shortPause): ConfigFile {
  const file = readConfigFile(path);
  const isBetween =
    file.state === "missing" ? changedLately(dirname(path)) : file.state === "read" && file.text === "";
  if (!isBetween) return file;
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

/** Whether a file is another user's, who is not root either. Windows knows no such user. */
function isForeign({ uid }: { readonly uid: number }): boolean {
  const user = process.getuid?.();
  return user !== undefined && uid !== user && uid !== 0;
}

/** All that an open file holds; `undefined` where that is more than the limit. Some files have no size, and go on. */
export function readBytes(file: number, limit: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let length = 0; length <= limit;) {
    const chunk = Buffer.allocUnsafe(16_384);
    const read = readSync(file, chunk);
    if (read === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, read));
    length += read;
  }
  return undefined;
}

function changedLately(directory: string): boolean {
  try {
    return Math.abs(Date.now() - statSync(directory).mtimeMs) < recentlyMs;
  } catch {
    return false;
  }
}

/** UTF-8, as the toolkit reads it; a byte order mark at its beginning is left out. */
export function textOf(bytes: Buffer): string | { readonly problem: string } {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || second === 0)
    return { problem: "it is UTF-16, not UTF-8" };
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { problem: "it is not UTF-8" };
  }
}
