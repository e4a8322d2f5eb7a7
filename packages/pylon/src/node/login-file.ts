import { dirname } from "node:path";

import { broken, field, isJsonObject } from "@auth/core";
import { makePrivateFolder, readPrivateFile, removeLeftBehind, withFileLock } from "@auth/core/node";

import type { SavedRecord } from "../login-slot.ts";
import { parseKept } from "./saved-record.ts";

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
  makePrivateFolder(dirname(file));
  const edit = (logins: Members): Members => {
    const before = field(logins, name);
    return withMember(logins, name, { ...(isJsonObject(before) && before), ...record });
  };
  await change(file, edit, signal);
}

/** Whether there was such a login. What a login that was killed left beside the file is removed with it. */
export async function deleteFromFile(file: string, name: string, signal?: AbortSignal): Promise<boolean> {
  if ((await readFromFile(file, name)) === undefined) {
    await removeLeftBehind(file, { signal });
    return false;
  }
  const edit = (logins: Members): Members =>
    Object.fromEntries(Object.entries(logins).filter(([other]) => other !== name));
  await change(file, edit, signal);
  return true;
}

/** Read, edited and replaced while no other program does. */
async function change(file: string, edit: (logins: Members) => Members, signal?: AbortSignal): Promise<void> {
  const task = async (lock: { replace(path: string, text: string): void }): Promise<void> => {
    const members = (await readMembers(file)) ?? {};
    const logins = edit(loginsOf(members, file));
    lock.replace(file, `${JSON.stringify(withMember(members, "logins", logins), null, 2)}\n`);
  };
  await withFileLock(file, task, { signal });
}

/** The members of the file's object; `undefined` where there is no file. */
async function readMembers(file: string): Promise<Members | undefined> {
  const kept = await readPrivateFile(file);
  if (kept === undefined) return undefined;
  const text = new TextDecoder().decode(kept.bytes);
  const members = parseKept(text, file, "Name another file, or delete this one.");
  if (!isJsonObject(members)) throw notOurs(file);
  return members;
}

function loginsOf(members: Members | undefined, file: string): Members {
  const logins = field(members, "logins") ?? {};
  if (!isJsonObject(logins)) throw notOurs(file);
  return logins;
}

function notOurs(file: string): Error {
  return broken(`${file} is no file of logins`, "Name another file.");
}

/** By entries, so that a member called `__proto__` is one. */
function withMember(members: Members, name: string, value: unknown): Members {
  return Object.fromEntries([...Object.entries(members), [name, value]]);
}
