import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename, unlink } from "node:fs/promises";
import path from "node:path";
import process from "node:process";

import { broken, field, isJsonObject, shellQuote } from "@auth/core";

import type { SavedRecord } from "../login-slot.ts";
import { lockFile } from "./lock-file.ts";
import { parseKept } from "./saved-record.ts";

/** The largest file that is read. Bytes. */
const longestFile = 1_048_576;

type Members = Readonly<Record<string, unknown>>;

/** What a file keeps as a login: `{ "logins": { "<name>": … } }`. A missing file has none. */
export async function readFromFile(file: string, name: string): Promise<unknown> {
  return field(loginsOf(await readMembers(file), file), name);
}

/** Adds or replaces a login. Whatever else the file holds stays. */
export async function saveToFile(
  file: string,
  name: string,
  record: SavedRecord,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const edit = (logins: Members): Members => {
    const before = field(logins, name);
    return withMember(logins, name, { ...(isJsonObject(before) && before), ...record });
  };
  await change(file, edit, signal);
}

/** Whether there was such a login. */
export async function deleteFromFile(file: string, name: string, signal?: AbortSignal): Promise<boolean> {
  if ((await readFromFile(file, name)) === undefined) return false;
  const edit = (logins: Members): Members =>
    Object.fromEntries(Object.entries(logins).filter(([other]) => other !== name));
  await change(file, edit, signal);
  return true;
}

/** The new file is written beside the old one, which is thereby locked, and takes its place as a whole. */
async function change(file: string, edit: (logins: Members) => Members, signal?: AbortSignal): Promise<void> {
  const next = `${file}.lock`;
  const handle = await lockFile(next, signal);
  try {
    const members = (await readMembers(file)) ?? {};
    const logins = edit(loginsOf(members, file));
    const text = JSON.stringify(withMember(members, "logins", logins), null, 2);
    await handle.writeFile(`${text}\n`);
    // The umask may have taken something from it.
    await handle.chmod(0o600);
    await handle.sync();
    await handle.close();
    await rename(next, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await unlink(next).catch(() => undefined);
    throw error;
  }
}

/** The members of the file's object; `undefined` where there is no file. */
async function readMembers(file: string): Promise<Members | undefined> {
  let handle: FileHandle;
  try {
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    handle = await open(file, flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === "ELOOP" || code === "EMLINK")
      throw broken(`${file} is a symbolic link`, "Name the file that it leads to.");
    throw error;
  }
  try {
    // On the open handle: the path may lead elsewhere the next moment.
    await checkPrivate(handle, file);
    const members = parseKept(await handle.readFile("utf8"), file, "Name another file, or delete this one.");
    if (!isJsonObject(members)) throw notOurs(file);
    return members;
  } finally {
    await handle.close();
  }
}

function loginsOf(members: Members | undefined, file: string): Members {
  const logins = field(members, "logins") ?? {};
  if (!isJsonObject(logins)) throw notOurs(file);
  return logins;
}

async function checkPrivate(handle: FileHandle, file: string): Promise<void> {
  const stats = await handle.stat();
  if (!stats.isFile() || stats.size > longestFile) throw notOurs(file);
  if (process.platform === "win32") return;
  const user = process.getuid?.();
  if (stats.uid !== user)
    throw broken(
      `${file} belongs to another user`,
      `Run chown ${user} ${shellQuote(file)}, or name another file.`,
    );
  if ((stats.mode & 0o077) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(3, "0");
    throw broken(`${file} is open to other users (mode ${mode})`, `Run chmod 600 ${shellQuote(file)}.`);
  }
}

function notOurs(file: string): Error {
  return broken(`${file} is no file of logins`, "Name another file.");
}

/** By entries, so that a member called `__proto__` is one. */
function withMember(members: Members, name: string, value: unknown): Members {
  return Object.fromEntries([...Object.entries(members), [name, value]]);
}
