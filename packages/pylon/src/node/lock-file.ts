import { type FileHandle, lstat, open } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

import { broken } from "@auth/core";

/** A save takes milliseconds, and on a bad disk a second: a lock that nobody touches for so long was left behind. */
const standstillMs = 3_000;

/**
 * Opens a file that did not exist, for its user alone: while it is there, nobody else can. Waits for others who come and
 * go. Never follows a link, so that nobody can have put one, or a file of their own, in its place.
 */
export async function lockFile(path: string, signal?: AbortSignal): Promise<FileHandle> {
  for (let seen: string | undefined, since = 0; ;) {
    signal?.throwIfAborted();
    try {
      return await open(path, "wx", 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const lock = await stateOf(path);
    // It may be gone by now, and then nobody stands still.
    if (lock === undefined || lock !== seen) [seen, since] = [lock, Date.now()];
    else if (Date.now() - since > standstillMs)
      throw broken(
        `${path} exists, so that another login seems to be running`,
        `If none is, delete ${path}.`,
      );
    await pause(5 + Math.random() * 10);
  }
}

/** Differs from one holder of the lock to the next. */
async function stateOf(path: string): Promise<string | undefined> {
  const stats = await lstat(path, { bigint: true }).catch(() => undefined);
  return stats && `${stats.ino} ${stats.ctimeNs}`;
}
