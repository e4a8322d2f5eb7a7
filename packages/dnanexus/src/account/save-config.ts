import { failed, ownField } from "@auth/core";
import { type FileLock, makePrivateFolder, withFileLock } from "@auth/core/files";

import { readConfigFile, readEnvironmentFile } from "../config/config-file.ts";
import { type ConfigKey, type ConfigLayer, type Reading, standaloneKeys } from "../config/config-layer.ts";
import { parseConfig } from "../config/directory-place.ts";
import { checkDirectory, checkReplaceable, closeDirectory, otherwise } from "./own-directory.ts";
import { dirname, fs, join } from "../platform.ts";

/** Where the toolkit keeps logins. */
export interface SaveDirectories {
  readonly user: string;
  /** `undefined`: the login is kept for all terminals alike. */
  readonly session: string | undefined;
  /** Those that had no `environment.json` when they were looked at before: it is not waited for again. */
  readonly empty?: readonly string[];
}

/** Names and their new values. What is not named stays as it is in each directory. */
export type ConfigChanges = Readonly<Partial<Record<ConfigKey, string>>>;

/** Of the sourced shell file, which removes these to get back to what is saved. */
const unset = [
  "DX_APISERVER_HOST",
  "DX_APISERVER_PORT",
  "DX_APISERVER_PROTOCOL",
  "DX_SECURITY_CONTEXT",
  "DX_PROJECT_CONTEXT_ID",
  "DX_WORKSPACE_ID",
  "DX_JOB_ID",
];

/** The file that programs of this package lock for all that they write for a user. */
export function lockedFile(user: string): string {
  return join(user, "environment.json");
}

/**
 * Throws what `failed` makes where {@link saveConfig} would, by what was seen of the directories. Changes nothing, so that a
 * login can ask first.
 */
export function checkSave(directories: SaveDirectories, layers: readonly ConfigLayer[]): SaveDirectories {
  const empty = checkPaths(directories);
  for (const layer of layers) {
    const reading = layer.broken();
    if (reading !== undefined)
      throw notReplaced(layer.place.nameOf("DX_USERNAME").replace(/^file /, ""), reading);
  }
  return { ...directories, empty };
}

/**
 * Saves as the toolkit does, for this user and for this terminal: the same files, modes and texts. Each file is replaced
 * whole, and other programs of this package wait for their turn, so that no change of theirs is lost. Unknown keys stay.
 * A file that is broken, a link, or another user's is not touched. Gives back the paths of `environment.json`.
 */
export async function saveConfig(
  directories: SaveDirectories,
  changes: ConfigChanges,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  checkPaths(directories);
  makePrivateFolder(directories.user, otherwise);
  closeDirectory(directories.user);
  const replaceAll = (lock: FileLock): readonly string[] => {
    checkPaths(directories);
    // All are read, and refused where they have to be, before the first is written.
    const saved = listed(directories).map((directory) => readSaved(directory, directories.empty));
    return saved.map(({ directory, json, alone }) => {
      makePrivateFolder(directory, otherwise);
      closeDirectory(directory);
      for (const key of standaloneKeys) {
        const known = [json, ...saved.map((other) => other.json)]
          .map((one) => ownField(one, key))
          .find((value) => typeof value === "string");
        const text = changes[key] ?? alone.get(key) ?? known ?? (key === "DX_CLI_WD" ? "/" : "");
        if (text !== alone.get(key)) lock.replace(join(directory, key), text);
      }
      const path = join(directory, "environment.json");
      lock.replace(path, jsonText({ ...json, ...changes }));
      return path;
    });
  };
  const paths = await withFileLock(lockedFile(directories.user), replaceAll, { signal, otherwise });
  writeShellFile(join(directories.user, "unsetenv"));
  return paths;
}

/** Written once. Whatever has the name already stays, a link that leads nowhere too. */
function writeShellFile(path: string): void {
  try {
    fs.writeFileSync(path, unset.map((name) => `unset ${name}\n`).join(""), { flag: "wx" });
  } catch {
    // The login is saved, with or without it.
    return;
  }
}

function listed({ user, session }: SaveDirectories): readonly string[] {
  return session === undefined ? [user] : [user, session];
}

/** Gives back the directories that have no `environment.json`. */
function checkPaths(directories: SaveDirectories): readonly string[] {
  const { user, session } = directories;
  for (const directory of [user, ...(session === undefined ? [] : [dirname(session), session])])
    checkDirectory(directory);
  return listed(directories).filter((directory) => {
    for (const key of standaloneKeys) checkReplaceable(join(directory, key));
    return !checkReplaceable(join(directory, "environment.json"));
  });
}

interface Saved {
  readonly directory: string;
  readonly json: object;
  readonly alone: ReadonlyMap<ConfigKey, string>;
}

function readSaved(directory: string, empty: readonly string[] = []): Saved {
  const path = join(directory, "environment.json");
  const read = empty.includes(directory) ? readConfigFile : readEnvironmentFile;
  const json = contentOf(parseConfig(read(path, "user"), "user", path), path) ?? {};
  const alone = standaloneKeys.flatMap((key) => {
    const file = contentOf(readConfigFile(join(directory, key), "user"), join(directory, key));
    return file === undefined ? [] : [[key, file.text] as const];
  });
  return { directory, json, alone: new Map(alone) };
}

function contentOf<T>(reading: Reading<T>, path: string): T | undefined {
  if (reading.state === "broken") throw notReplaced(path, reading);
  return reading.state === "set" ? reading.value : undefined;
}

function notReplaced(
  path: string,
  { problem, remedy }: { readonly problem: string; readonly remedy: string },
): Error {
  return failed(
    `${path} ${problem.replace(/^it /, "")}, and is not written over`,
    remedy.replace(/ and run dx login\.$/, "."),
  );
}

// As the toolkit writes it: four spaces, and nothing beyond ASCII, which it reads in the locale's encoding.
function jsonText(json: object): string {
  const text = JSON.stringify(json, undefined, 4).replace(
    /[\u007F-\uFFFF]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${text}\n`;
}
