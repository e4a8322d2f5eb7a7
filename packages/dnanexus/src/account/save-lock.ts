import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";

import { broken, shellQuote } from "@auth/core";

import { errorCode } from "../config/error-code.ts";

/** How long to wait for other programs. Milliseconds. */
const longestWaitMs = 10_000;
/** From when on a lock of another machine counts as left behind. A save takes milliseconds. */
const leftBehindMs = 30_000;

/**
 * Runs `save` while no other program of this package saves under the same lock file. A lock whose process is gone is
 * taken over. Throws what `broken` makes where the lock stays taken.
 */
export async function withSaveLock<T>(
  path: string,
  save: () => T,
  signal?: AbortSignal,
  waitMs: number = longestWaitMs,
): Promise<T> {
  const mine = `${hostname()} ${process.pid} ${crypto.randomUUID()}`;
  const own = `${path}.${crypto.randomUUID()}`;
  const until = Date.now() + waitMs;
  try {
    writeFileSync(own, mine, { flag: "wx", mode: 0o600 });
  } catch (error) {
    throw broken(
      `${dirname(path)} cannot be written to (${String(errorCode(error))})`,
      `Let the user of this program write to ${shellQuote(dirname(path))}, or set DX_USER_CONF_DIR.`,
    );
  }
  try {
    while (!take(own, path)) {
      signal?.throwIfAborted();
      if (Date.now() > until) {
        throw broken(
          `another program has been saving a login for ${waitMs / 1000} s`,
          `Try again; if no other program runs, remove ${shellQuote(path)}.`,
        );
      }
      removeLeftBehind(path);
      await pause(5 + Math.random() * 20, undefined, { signal }).catch((error: unknown) => {
        // The signal's own reason, which the timer does not pass on.
        signal?.throwIfAborted();
        throw error;
      });
    }
    try {
      return save();
    } finally {
      if (read(path) === mine) rmSync(path, { force: true });
    }
  } finally {
    rmSync(own, { force: true });
  }
}

// A link is made or it is not, on network file systems too, and the lock is never seen without its content.
function take(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

function removeLeftBehind(path: string): void {
  const seen = read(path);
  if (seen === undefined || !isLeftBehind(path, seen)) return;
  const aside = `${path}.${crypto.randomUUID()}`;
  try {
    renameSync(path, aside);
    // Somebody else was faster, and this is the lock of one who is saving now.
    if (read(aside) !== seen) linkSync(aside, path);
  } catch {
    // It is gone, or taken anew: the next try will see.
  } finally {
    rmSync(aside, { force: true });
  }
}

function isLeftBehind(path: string, content: string): boolean {
  const [host, pid] = content.split(" ");
  if (host === hostname() && /^\d+$/.test(pid ?? "")) return !isRunning(Number(pid));
  try {
    return Date.now() - statSync(path).mtimeMs > leftBehindMs;
  } catch {
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
