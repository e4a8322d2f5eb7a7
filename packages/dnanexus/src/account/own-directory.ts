import type { Stats } from "node:fs";

import { failed, shellQuote } from "@auth/core";

import { errorCode } from "../config/error-code.ts";
import { dirname, fs, process } from "../platform.ts";

/** What a user can do instead of saving where it does not go. */
export const otherwise = "set DX_USER_CONF_DIR to a directory of your own";

/** Throws where the directory is there and is no place to save a login in. Changes nothing. */
export function checkDirectory(path: string): void {
  const link = lookAt(path, fs.lstatSync);
  if (link === undefined) return;
  const target = lookAt(path, fs.statSync);
  if (target === undefined || !target.isDirectory())
    throw failed(`${path} is not a directory`, `Remove ${shellQuote(path)}, or ${otherwise}.`);
  for (const stats of [link, target]) refuseForeign(path, stats);
}

/** Whether a file has the path. Throws where something does that is not to be replaced. */
export function checkReplaceable(path: string): boolean {
  const stats = lookAt(path, fs.lstatSync);
  if (stats === undefined) return false;
  if (stats.isSymbolicLink()) {
    throw failed(
      `${path} is a symbolic link, and what it leads to is not replaced`,
      `Replace ${shellQuote(path)} by the file itself, or set DX_USER_CONF_DIR to the directory that holds it.`,
    );
  }
  if (!stats.isFile()) throw failed(`${path} is not a regular file`, `Remove ${shellQuote(path)}.`);
  refuseForeign(path, stats);
  return true;
}

/** Closes a directory to others. */
export function closeDirectory(path: string): void {
  if (process.platform === "win32" || (fs.statSync(path).mode & 0o777) === 0o700) return;
  try {
    fs.chmodSync(path, 0o700);
  } catch (error) {
    throw failed(
      `${path} cannot be made a directory of this user alone (${String(errorCode(error))})`,
      `Run chmod 700 ${shellQuote(path)}, or ${otherwise}.`,
    );
  }
}

function refuseForeign(path: string, { uid }: Stats): void {
  // Windows knows no such user.
  const user = process.getuid?.();
  if (user === undefined || uid === user) return;
  throw failed(
    `${path} belongs to another user`,
    `Run this as that user, or ${otherwise}, or run chown ${user} ${shellQuote(path)}.`,
  );
}

function lookAt(path: string, look: (path: string) => Stats): Stats | undefined {
  try {
    return look(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT") return undefined;
    throw failed(
      `${path} cannot be looked at (${String(code)})`,
      code === "ENOTDIR"
        ? `Remove the file in the place of ${shellQuote(dirname(path))}, or ${otherwise}.`
        : `Let the user of this program see ${shellQuote(dirname(path))}, or ${otherwise}.`,
    );
  }
}
