import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import process from "node:process";

import { broken, shellQuote } from "@auth/core";

import { longestFile, readBytes } from "../config/config-file.ts";
import { errorCode } from "../config/error-code.ts";

/**
 * Makes a directory for logins, or checks that the one which is there is this user's, and closes it to others. A link to
 * such a directory will do if this user made it.
 */
export function ensurePrivateDirectory(path: string): void {
  checkDirectory(path);
  try {
    const made = mkdirSync(path, { recursive: true, mode: 0o700 });
    if (made !== undefined || process.platform === "win32") return;
    if ((statSync(path).mode & 0o777) !== 0o700) chmodSync(path, 0o700);
  } catch (error) {
    throw broken(
      `${path} cannot be made a directory of this user alone (${String(errorCode(error))})`,
      `Let the user of this program write to ${shellQuote(dirname(path))}, or set DX_USER_CONF_DIR.`,
    );
  }
}

/** Throws where the directory is there and is no place to save a login in. Changes nothing. */
export function checkDirectory(path: string): void {
  const link = lookAt(path, lstatSync);
  if (link === undefined) return;
  const target = lookAt(path, statSync);
  if (target === undefined || !target.isDirectory())
    throw broken(`${path} is not a directory`, `Remove ${shellQuote(path)}, or set DX_USER_CONF_DIR.`);
  for (const stats of [link, target]) refuseForeign(path, stats);
}

/** What a file holds that is about to be replaced; `undefined` where there is none. Throws where it is not to be touched. */
export function readOwnFile(path: string): Buffer | undefined {
  const link = lookAt(path, lstatSync);
  if (link === undefined) return undefined;
  if (link.isSymbolicLink()) {
    throw broken(
      `${path} is a symbolic link, and what it leads to is not replaced`,
      `Replace ${shellQuote(path)} by the file itself, or set DX_USER_CONF_DIR to the directory that holds it.`,
    );
  }
  if (!link.isFile()) throw broken(`${path} is not a regular file`, `Remove ${shellQuote(path)}.`);
  refuseForeign(path, link);
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw broken(
      `${path} cannot be read (${String(errorCode(error))})`,
      `Let the user of this program read ${shellQuote(path)}.`,
    );
  }
  try {
    const stats = fstatSync(file);
    refuseForeign(path, stats);
    const bytes = stats.isFile() ? readBytes(file, longestFile) : undefined;
    if (bytes !== undefined) return bytes;
    throw broken(
      `${path} is ${stats.isFile() ? "too large" : "not a regular file"}`,
      `Remove ${shellQuote(path)}.`,
    );
  } finally {
    closeSync(file);
  }
}

/** Puts a file for this user alone in the place of whatever has the path: readers see the old one or the new one. */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${crypto.randomUUID()}`;
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
    const file = openSync(temporary, flags, 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    throw broken(
      `${path} cannot be written (${String(errorCode(error))})`,
      `Let the user of this program write to ${shellQuote(dirname(path))}, or set DX_USER_CONF_DIR.`,
    );
  } finally {
    rmSync(temporary, { force: true });
  }
}

function refuseForeign(path: string, { uid }: Stats): void {
  // Windows knows no such user.
  const user = process.getuid?.();
  if (user === undefined || uid === user) return;
  throw broken(
    `${path} belongs to another user`,
    `Run this as that user, or set DX_USER_CONF_DIR to a directory of your own, or run chown ${user} ${shellQuote(path)}.`,
  );
}

function lookAt(path: string, look: (path: string) => Stats): Stats | undefined {
  try {
    return look(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT") return undefined;
    throw broken(
      `${path} cannot be looked at (${String(code)})`,
      code === "ENOTDIR"
        ? `Remove the file in the place of ${shellQuote(dirname(path))}, or set DX_USER_CONF_DIR.`
        : `Let the user of this program see ${shellQuote(dirname(path))}, or set DX_USER_CONF_DIR.`,
    );
  }
}
