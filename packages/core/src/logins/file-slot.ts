import process from "node:process";

import { ownField, isJsonObject } from "../untrusted/own-field.ts";
import { type FileLock, removeLeftBehind, withFileLock } from "../stores/file-lock.ts";
import { makePrivateFolder, readPrivateFile } from "../stores/private-file.ts";
import { failed } from "../sources/source.ts";
import type { LoginSlot } from "./login-slot.ts";

const { dirname } = /* @__PURE__ */ process.getBuiltinModule("node:path");

type Members = Readonly<Record<string, unknown>>;

/** A login in a private file, which keeps logins by their names: `{ "logins": { "<name>": … } }`. What else it holds stays. */
export function fileSlot(file: string, name: string): LoginSlot {
  const readKept = async (): Promise<unknown> => ownField(loginsOf(await readMembers(file), file), name);
  return {
    name,
    label: `login ${name} in ${file}`,
    read: readKept,
    async save(record, signal) {
      makePrivateFolder(dirname(file));
      const edit = (logins: Members): Members => {
        const before = ownField(logins, name);
        return withMember(logins, name, { ...(isJsonObject(before) && before), ...record });
      };
      await change(file, edit, signal);
    },
    async delete(signal) {
      if ((await readKept()) === undefined) {
        // What a login that was killed left beside the file goes all the same.
        await removeLeftBehind(file, { signal });
        return false;
      }
      const edit = (logins: Members): Members =>
        Object.fromEntries(Object.entries(logins).filter(([other]) => other !== name));
      await change(file, edit, signal);
      return true;
    },
  };
}

/** Read, edited and replaced while no other program does. */
async function change(file: string, edit: (logins: Members) => Members, signal?: AbortSignal): Promise<void> {
  const task = async (lock: FileLock): Promise<void> => {
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
  const logins = ownField(members, "logins") ?? {};
  if (!isJsonObject(logins)) throw notOurs(file);
  return logins;
}

function notOurs(file: string): Error {
  return failed(`${file} is no file of logins`, "Name another file.");
}

/** By entries, so that a member called `__proto__` is one. */
function withMember(members: Members, name: string, value: unknown): Members {
  return Object.fromEntries([...Object.entries(members), [name, value]]);
}

/** JSON, or why not, without its text. */
export function parseKept(text: string, where: string, remedy: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw failed(`${where} holds no JSON`, remedy);
  }
}
