import { isFailed, shellQuote } from "@auth/core";
import { readPrivateFileSync } from "@auth/core/files";

import type { ConfigPlace, Reading } from "./config-layer.ts";
import { dirname, fs, process } from "../platform.ts";

/** One of the toolkit's files. */
export interface ConfigFile {
  readonly text: string;
  /** Where others may read or write it: what is wrong, and what to type. */
  readonly openToOthers?: string;
}

/** Whose directory a file is in. It decides what its user can do about it. */
export type Owner = Exclude<ConfigPlace["kind"], "environment" | "variable">;

/** How long ago a directory changed where the toolkit may be in the middle of a save. Milliseconds. */
const recentlyMs = 5_000;

/**
 * Reads a file of the toolkit, one MiB at most. One of another user's, who is not root, or in a directory of theirs, is
 * broken: they can write a server or a token into it.
 */
export function readConfigFile(path: string, owner: Owner): Reading<ConfigFile> {
  const broken = (problem: string, remedy = repair(owner, path)): Reading<ConfigFile> => ({
    state: "broken",
    problem,
    remedy,
  });
  try {
    const otherwise = owner === "machine" ? "remove it" : "set DX_USER_CONF_DIR to a directory of your own";
    const file = readPrivateFileSync(path, { permissions: "warn", links: "follow", otherwise });
    if (file === undefined) return { state: "absent", reason: `${path} does not exist` };
    const { bytes, problem } = file;
    if (problem?.kind === "owner") return broken("it belongs to another user", disown(owner, path));
    // Who owns the directory can put a link there, to any file of this user's that holds what somebody else wrote.
    if (isForeign(dirname(path)))
      return broken("it is in a directory of another user's", disown(owner, dirname(path)));
    if (isUtf16(bytes)) return broken("it is UTF-16, not UTF-8");
    const text = decode(bytes);
    if (text === undefined) return broken("it is not UTF-8");
    const openToOthers = problem && `${problem.reason}: run ${problem.command}.`;
    return { state: "set", value: { text, ...(openToOthers !== undefined && { openToOthers }) } };
  } catch (error) {
    if (!isFailed(error)) throw error;
    return broken(error.message.replace(path, "it"), error.remedy);
  }
}

/**
 * The same for an `environment.json`. The toolkit saves by removing it, making a new one and writing to that: one that is
 * seen missing while its directory changes, or empty, is looked at again, three times within 35 ms.
 */
export function readEnvironmentFile(
  path: string,
  owner: Owner,
  pause: (ms: number) => void = holdUp,
): Reading<ConfigFile> {
  let file = readConfigFile(path, owner);
  for (const ms of [5, 10, 20]) {
    const isBetween =
      file.state === "set" ? file.value.text === "" : file.state === "absent" && changedLately(dirname(path));
    if (!isBetween) break;
    pause(ms);
    file = readConfigFile(path, owner);
  }
  return file;
}

/** What has a path, as far as this user can see. */
export function kindOf(path: string): "directory" | "other" | "nothing" {
  try {
    return fs.statSync(path).isDirectory() ? "directory" : "other";
  } catch {
    return "nothing";
  }
}

// Addresses are given at once, so that what reads them cannot wait otherwise than by holding the program up.
function holdUp(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function changedLately(directory: string): boolean {
  try {
    return Math.abs(Date.now() - fs.statSync(directory).mtimeMs) < recentlyMs;
  } catch {
    return false;
  }
}

function isForeign(directory: string): boolean {
  // Windows knows no such user.
  const user = process.getuid?.();
  if (user === undefined) return false;
  try {
    const { uid } = fs.statSync(directory);
    return uid !== user && uid !== 0;
  } catch {
    return true;
  }
}

function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || second === 0;
}

/** As UTF-8. A byte order mark at the beginning is left out. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export function repair(owner: Owner, path: string): string {
  return `Repair ${shellQuote(path)}, or remove it${owner === "machine" ? "." : " and run dx login."}`;
}

function disown(owner: Owner, path: string): string {
  const name = shellQuote(path);
  return owner === "machine"
    ? `Have root own ${name}, or remove it.`
    : `Run this as that user, set DX_USER_CONF_DIR to a directory of your own, or run chown ${process.getuid?.()} ${name} if it is yours.`;
}
