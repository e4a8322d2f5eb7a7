import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename, unlink } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";

import { broken } from "@auth/core";

import { field } from "../field.ts";
import { parseKept, type SavedRecord } from "./saved-record.ts";

/** The largest file that is read. Bytes. */
const longestFile = 1_048_576;

type Members = Readonly<Record<string, unknown>>;

/** What a file keeps as a login: `{ "logins": { "<name>": … } }`. A missing file has none. */
export async function readFromFile(file: string, name: string): Promise<unknown> {
  return field(field(await readMembers(file), "logins"), name);
}

/** Adds or replaces a login. Whatever else the file holds stays. */
export async function saveToFile(file: string, name: string, record: SavedRecord): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await change(file, (logins) => {
    const before = field(logins, name);
    return withMember(logins, name, { ...(isMembers(before) && before), ...record });
  });
}

/** Whether there was such a login. */
export async function deleteFromFile(file: string, name: string): Promise<boolean> {
  if (field(field(await readMembers(file), "logins"), name) === undefined) return false;
  await change(file, (logins) =>
    Object.fromEntries(Object.entries(logins).filter(([other]) => other !== name)),
  );
  return true;
}

/** The new file is written beside the old one, which is thereby locked, and takes its place as a whole. */
async function change(file: string, edit: (logins: Members) => Members): Promise<void> {
  const next = `${file}.lock`;
  const handle = await lock(next);
  try {
    const members = await readMembers(file);
    const logins = field(members, "logins");
    if (logins !== undefined && !isMembers(logins)) throw notOurs(file);
    const text = JSON.stringify(withMember(members ?? {}, "logins", edit(logins ?? {})), null, 2);
    await handle.writeFile(`${text}\n`);
    await handle.sync();
    await handle.close();
    await rename(next, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await unlink(next).catch(() => undefined);
    throw error;
  }
}

/** Made anew and never followed, so that nobody can have put a link or a file of their own there. */
async function lock(next: string): Promise<FileHandle> {
  for (let tries = 1; ; tries++) {
    try {
      return await open(next, "wx", 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (tries === 20)
        throw broken(
          `${next} exists, so that another login seems to be running`,
          `If none is, delete ${next}.`,
        );
    }
    await pause(10);
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
    if (!isMembers(members)) throw notOurs(file);
    return members;
  } finally {
    await handle.close();
  }
}

async function checkPrivate(handle: FileHandle, file: string): Promise<void> {
  const stats = await handle.stat();
  if (!stats.isFile() || stats.size > longestFile) throw notOurs(file);
  if (process.platform === "win32") return;
  const user = process.getuid?.();
  if (stats.uid !== user)
    throw broken(
      `${file} belongs to another user`,
      `Run chown ${user} ${quoted(file)}, or name another file.`,
    );
  if ((stats.mode & 0o077) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(3, "0");
    throw broken(`${file} is open to other users (mode ${mode})`, `Run chmod 600 ${quoted(file)}.`);
  }
}

function notOurs(file: string): Error {
  return broken(`${file} is no file of logins`, "Name another file.");
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** By entries, so that a member called `__proto__` is one. */
function withMember(members: Members, name: string, value: unknown): Members {
  return Object.fromEntries([...Object.entries(members), [name, value]]);
}

function quoted(file: string): string {
  return /^[\w./@:+-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`;
}
