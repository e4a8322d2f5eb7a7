import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import process from "node:process";

import { own } from "../own.ts";
import { broken, found, type TokenSource, unavailable } from "../token-source.ts";
import { shellQuote } from "./shell-quote.ts";

/** Options of {@link fromFile}. */
export interface FromFileOptions {
  /**
   * `"private"`: the file must belong to the user or root and be closed to others. `"any"`: owner and mode are not
   * looked at, for secrets that Docker or Kubernetes mount. Default: `"private"`.
   */
  readonly permissions?: "private" | "any";
  /** How long one look may take. Milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
}

/** The largest file that is read: a token of the longest kind and room for white space. Bytes. */
const longestFile = 65_536;

/**
 * Reads a token that is alone in a file, each time it is asked. A missing or blank file counts as unavailable. A file that
 * others may read, or that is no regular file, ends the search with the `chmod` to type. Links are followed; what they
 * lead to is what counts. On Windows, where the mode says nothing of other users, only the kind of file is looked at.
 */
export function fromFile(path: string, given: FromFileOptions = {}): TokenSource {
  const options = own(given);
  return {
    name: `file ${path}`,
    ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
    async resolve() {
      let handle: FileHandle;
      try {
        // Without waiting, since opening a named pipe would wait for somebody to write to it.
        handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT" || code === "ENOTDIR")
          return unavailable(`${path} does not exist`, `Put the token in ${path}.`);
        if (code === "EACCES")
          throw broken(
            `${path} cannot be read by this user`,
            `Run chown on ${shellQuote(path)}, or name another file.`,
          );
        throw error;
      }
      try {
        // Everything is checked on the open handle: the path may lead elsewhere the next moment.
        const text = await readPrivately(handle, path, options.permissions ?? "private");
        return text.trim() === ""
          ? unavailable(`${path} is empty`, `Put the token in ${path}.`)
          : found(text);
      } finally {
        await handle.close();
      }
    },
  };
}

async function readPrivately(
  handle: FileHandle,
  path: string,
  permissions: "private" | "any",
): Promise<string> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw broken(`${path} is not a regular file`, `Name the file that holds the token.`);
  if (permissions === "private" && process.platform !== "win32") {
    const user = process.getuid?.();
    if (stats.uid !== user && stats.uid !== 0) {
      const mounted = 'or pass permissions: "any" if it is a mounted secret';
      throw broken(`${path} belongs to another user`, `Run chown ${user} ${shellQuote(path)}, ${mounted}.`);
    }
    if ((stats.mode & 0o077) !== 0) {
      const mode = (stats.mode & 0o777).toString(8).padStart(3, "0");
      const mounted = 'or pass permissions: "any" if it is a mounted secret';
      throw broken(
        `${path} is open to other users (mode ${mode})`,
        `Run chmod 600 ${shellQuote(path)}, ${mounted}.`,
      );
    }
  }
  // Read rather than asked for: some files have no size, and go on.
  const buffer = Buffer.alloc(longestFile + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length < buffer.length; length += read) {
    read = (await handle.read(buffer, length, buffer.length - length)).bytesRead;
  }
  if (length > longestFile)
    throw broken(`${path} is too large to hold a token`, "Name the file that holds the token.");
  return buffer.toString("utf8", 0, length);
}
