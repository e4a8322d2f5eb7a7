import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { broken, field, isJsonObject, shellQuote } from "@auth/core";

import { shortPause, textOf } from "../config/config-file.ts";
import { type ConfigKey, standaloneKeys } from "../config/config-layer.ts";
import { withSaveLock } from "./save-lock.ts";
import { checkDirectory, ensurePrivateDirectory, readOwnFile, replaceFile } from "./saved-file.ts";

/** Where the toolkit keeps logins. */
export interface SaveDirectories {
  readonly user: string;
  /** `undefined`: the login is kept for all terminals alike. */
  readonly session: string | undefined;
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

/** Throws what `broken` makes where {@link saveConfig} would. Changes nothing, so that a login can ask first. */
export function checkSave(directories: SaveDirectories): void {
  readAll(directories);
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
  checkSave(directories);
  ensurePrivateDirectory(directories.user);
  const save = (): readonly string[] => {
    // All are read, and refused where they have to be, before the first is written.
    const saved = readAll(directories);
    return saved.map(({ directory, json, alone }) => {
      if (directory !== directories.user) mkdirSync(dirname(directory), { recursive: true });
      ensurePrivateDirectory(directory);
      for (const key of standaloneKeys) {
        const otherwise = key === "DX_CLI_WD" ? "/" : "";
        const known = [json, ...saved.map((other) => other.json)]
          .map((one) => field(one, key))
          .find((value) => typeof value === "string");
        const text = changes[key] ?? alone.get(key) ?? (typeof known === "string" ? known : otherwise);
        if (text !== alone.get(key)) replaceFile(join(directory, key), text);
      }
      const path = join(directory, "environment.json");
      replaceFile(path, jsonText({ ...json, ...changes }));
      return path;
    });
  };
  const paths = await withSaveLock(join(directories.user, ".environment.json.lock"), save, signal);
  writeShellFile(join(directories.user, "unsetenv"));
  return paths;
}

/** Written once. Whatever has the name already stays, a link that leads nowhere too. */
function writeShellFile(path: string): void {
  try {
    writeFileSync(path, unset.map((name) => `unset ${name}\n`).join(""), { flag: "wx" });
  } catch {
    // The login is saved, with or without it.
    return;
  }
}

interface Saved {
  readonly directory: string;
  readonly json: object;
  readonly alone: ReadonlyMap<ConfigKey, string>;
}

function readAll({ user, session }: SaveDirectories): readonly Saved[] {
  checkDirectory(user);
  if (session === undefined) return [readSaved(user)];
  checkDirectory(dirname(session));
  checkDirectory(session);
  return [readSaved(user), readSaved(session)];
}

function readSaved(directory: string): Saved {
  const path = join(directory, "environment.json");
  // The toolkit saves by removing the file and writing a new one, which is empty for a moment.
  let bytes = readOwnFile(path) ?? readOwnFile(path);
  if (bytes?.length === 0) {
    shortPause();
    bytes = readOwnFile(path);
  }
  const alone = new Map(
    standaloneKeys.flatMap((key) => {
      const value = readOwnFile(join(directory, key));
      return value === undefined ? [] : [[key, value.toString("utf8")] as const];
    }),
  );
  return { directory, json: bytes === undefined ? {} : parse(bytes, path), alone };
}

function parse(bytes: Buffer, path: string): object {
  const text = textOf(bytes);
  let json: unknown;
  try {
    json = typeof text === "string" ? JSON.parse(text) : undefined;
  } catch {
    // The parser's message quotes the text, and there may be a token in it.
  }
  if (isJsonObject(json)) return json;
  const problem = json === undefined ? "it is not JSON" : "it is not a JSON object";
  throw broken(
    `${path} ${(typeof text === "string" ? problem : text.problem).replace(/^it /, "")}, and is not written over`,
    `Repair ${shellQuote(path)}, or remove it.`,
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
