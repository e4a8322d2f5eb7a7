import type { Stats } from "node:fs";

import { shellQuote } from "../sources/shell-quote.ts";
import { failed } from "../sources/source.ts";
import { fileProblem, systemCode } from "./file-problem.ts";

const fs = /* @__PURE__ */ process.getBuiltinModule("node:fs");

/** Why a file is not private. */
export interface PrivacyProblem {
  /** Whose it is, or who may read or write it. */
  readonly kind: "owner" | "mode";
  /** Whose it is, where that is the problem: the number of a user. */
  readonly owner?: number;
  /** What is wrong, as a clause. */
  readonly reason: string;
  /** What mends it, to type in a shell: `chmod 600 …`. */
  readonly command: string;
}

/** What {@link readPrivateFile} and {@link readPrivateFileSync} give. */
export interface PrivateFile {
  readonly bytes: Uint8Array;
  /** Only with `permissions: "warn"`: what is wrong with its owner or mode. */
  readonly problem?: PrivacyProblem;
}

/** Options of {@link readPrivateFile} and {@link readPrivateFileSync}. */
export interface PrivateFileOptions {
  /**
   * `"private"`: a file of another user, or one that others may read or write, is refused. `"warn"`: it is read, and the result says what
   * is wrong. `"any"`: owner and mode are not looked at. Default: `"private"`.
   */
  readonly permissions?: "private" | "warn" | "any";
  /** Whether its group may read it: in a folder that the platform itself keeps closed. Default: false. */
  readonly groupMayRead?: boolean;
  /** Whether a symbolic link is followed. What it leads to is what counts. Default: `"refuse"`. */
  readonly links?: "refuse" | "follow";
  /** A larger file is refused; no more than this is ever read. Bytes. Default: 1,048,576. */
  readonly maxBytes?: number;
  /** What the user can do instead: the end of a remedy. Default: `name another file`. */
  readonly otherwise?: string;
}

/**
 * Reads a file that should be of this user alone. `undefined` where there is none. All checks are made on the opened file, since the
 * path may lead elsewhere the next moment: it must be a regular file, of the user or of root, closed to others. On Windows, where the mode
 * says nothing of other users, only the kind of file is checked. Throws what `failed` makes; the content is never quoted.
 */
export async function readPrivateFile(
  path: string,
  options: PrivateFileOptions = {},
): Promise<PrivateFile | undefined> {
  const { open } = fs.promises;
  const handle = await open(path, openFlags(path, options)).catch((error: unknown) =>
    missing(path, error, options),
  );
  if (handle === undefined) return undefined;
  try {
    const problem = check(path, await handle.stat(), options);
    const buffer = Buffer.allocUnsafe(maxBytesOf(options) + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = (await handle.read(buffer, length, buffer.length - length)).bytesRead;
    }
    return privateFile(path, buffer.subarray(0, length), problem, options);
  } catch (error) {
    throw unreadable(path, error, options);
  } finally {
    await handle.close();
  }
}

/** {@link readPrivateFile}, at once. It holds the program while it reads, so use it for small local files alone. */
export function readPrivateFileSync(path: string, options: PrivateFileOptions = {}): PrivateFile | undefined {
  let file: number | undefined;
  try {
    file = fs.openSync(path, openFlags(path, options));
  } catch (error) {
    file = missing(path, error, options);
  }
  if (file === undefined) return undefined;
  try {
    const problem = check(path, fs.fstatSync(file), options);
    const buffer = Buffer.allocUnsafe(maxBytesOf(options) + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = fs.readSync(file, buffer, length, buffer.length - length, null);
    }
    return privateFile(path, buffer.subarray(0, length), problem, options);
  } catch (error) {
    throw unreadable(path, error, options);
  } finally {
    fs.closeSync(file);
  }
}

/**
 * Makes a folder for this user alone, with the folders above it. One that is there stays as it is. Throws what `failed` makes where
 * that cannot be, with the path that is in the way.
 */
export function makePrivateFolder(path: string, otherwise: string = nameAnother): void {
  try {
    const made = fs.mkdirSync(path, { recursive: true, mode: 0o700 });
    // The umask may have taken something from it.
    if (made !== undefined) fs.chmodSync(path, 0o700);
  } catch (error) {
    throw fileProblem(path, "made", error, otherwise);
  }
}

const nameAnother = "name another file";

function maxBytesOf({ maxBytes = 1_048_576 }: PrivateFileOptions): number {
  return maxBytes;
}

function openFlags(path: string, options: PrivateFileOptions): number {
  // Windows knows neither of the flags, and cannot refuse a link while it opens.
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = fs.constants;
  const follow = options.links === "follow";
  if (!follow && process.platform === "win32" && isLink(path)) throw linkProblem(path, options);
  // Without waiting, since opening a named pipe would wait for somebody to write to it.
  return O_RDONLY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW);
}

function linkProblem(path: string, { otherwise = nameAnother }: PrivateFileOptions): Error {
  return failed(`${path} is a symbolic link`, `Name the file that it leads to, or ${otherwise}.`);
}

/** Returns where there is no such file; throws where there is one that cannot be opened. */
function missing(path: string, error: unknown, options: PrivateFileOptions): undefined {
  const { otherwise = nameAnother } = options;
  const code = systemCode(error);
  if (code === "ENOENT" || code === "ENOTDIR") return undefined;
  // Where links are followed, they lead round in a circle.
  if ((code === "ELOOP" || code === "EMLINK") && options.links !== "follow" && isLink(path))
    throw linkProblem(path, options);
  if (code === "EACCES" || code === "EPERM")
    throw failed(
      `${path} cannot be read by this user (${code})`,
      `Run chown on ${shellQuote(path)}, or ${otherwise}.`,
    );
  throw unreadable(path, error, options);
}

/** Some files can be opened and not read. What `broken` made comes back as it is. */
function unreadable(path: string, error: unknown, { otherwise = nameAnother }: PrivateFileOptions): unknown {
  return fileProblem(path, "read", error, otherwise);
}

function isLink(path: string): boolean {
  return fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function check(path: string, stats: Stats, options: PrivateFileOptions): PrivacyProblem | undefined {
  const { permissions = "private", otherwise = nameAnother } = options;
  if (!stats.isFile())
    throw failed(`${path} is not a regular file`, `Remove ${shellQuote(path)}, or ${otherwise}.`);
  if (permissions === "any") return undefined;
  const problem = privacyProblem(path, stats, options);
  if (problem !== undefined && permissions === "private")
    throw failed(problem.reason, `Run ${problem.command}, or ${otherwise}.`);
  return problem;
}

/** Read rather than asked for its size: some files have none, and go on. */
function privateFile(
  path: string,
  bytes: Uint8Array,
  problem: PrivacyProblem | undefined,
  options: PrivateFileOptions,
): PrivateFile {
  const { otherwise = nameAnother } = options;
  const maxBytes = maxBytesOf(options);
  if (bytes.length > maxBytes)
    throw failed(
      `${path} is too large (over ${maxBytes} bytes)`,
      `Remove ${shellQuote(path)}, or ${otherwise}.`,
    );
  return { bytes, ...(problem !== undefined && { problem }) };
}

/** What is wrong with the owner or the mode of a file that only this user should read. */
function privacyProblem(
  path: string,
  { uid, mode }: Stats,
  { groupMayRead = false }: PrivateFileOptions,
): PrivacyProblem | undefined {
  // Windows knows no such user and no such mode.
  const user = process.platform === "win32" ? undefined : process.getuid?.();
  if (user === undefined) return undefined;
  if (uid !== user && uid !== 0) {
    const reason = `${path} belongs to another user`;
    return { kind: "owner", owner: uid, reason, command: `chown ${user} ${shellQuote(path)}` };
  }
  if ((mode & (groupMayRead ? 0o037 : 0o077)) === 0) return undefined;
  const shown = (mode & 0o777).toString(8).padStart(3, "0");
  const reason = `${path} is open to other users (mode ${shown})`;
  return { kind: "mode", reason, command: `chmod 600 ${shellQuote(path)}` };
}
