import { join } from "node:path";
import process from "node:process";

import { field, isJsonObject, shellQuote } from "@auth/core";

import { type ConfigFile, readConfigFile, readEnvironmentFile } from "./config-file.ts";
import {
  type ConfigKey,
  type ConfigLayer,
  type ConfigPlace,
  type ConfigValue,
  standaloneKeys,
} from "./config-layer.ts";

type DirectoryKind = Exclude<ConfigPlace["kind"], "environment" | "variable">;

/** A configuration directory of the toolkit: `environment.json` and the files of single names. */
export function directoryPlace(kind: DirectoryKind, directory: string): ConfigPlace {
  const place: ConfigPlace = {
    kind,
    nameOf: () => `file ${join(directory, "environment.json")}`,
    read: () => readDirectory(place, kind, directory),
  };
  return place;
}

/** A place where nothing can be, since there is no directory. */
export function unknownPlace(
  kind: DirectoryKind,
  name: string,
  reason: string,
  warnings: readonly string[] = [],
): ConfigPlace {
  const place: ConfigPlace = {
    kind,
    nameOf: () => name,
    read: (): ConfigLayer => ({ place, get: () => ({ state: "absent", reason }), warnings }),
  };
  return place;
}

function readDirectory(place: ConfigPlace, kind: DirectoryKind, directory: string): ConfigLayer {
  const path = join(directory, "environment.json");
  const file = readEnvironmentFile(path);
  const content = parse(file);
  const broken =
    content.state === "broken"
      ? { problem: content.problem, remedy: repair(content, kind, path) }
      : undefined;

  const get = (key: ConfigKey): ConfigValue => {
    if (standaloneKeys.includes(key)) {
      const alone = readStandalone(join(directory, key), kind);
      if (alone.state !== "absent") return alone;
    }
    if (broken !== undefined) return { state: "broken", ...broken };
    if (content.state !== "parsed") return { state: "absent", reason: `${path} does not exist` };
    return readKey(content.json, key, path, kind);
  };
  const warnings = ["environment.json", ...standaloneKeys].flatMap((name) =>
    modeWarning(join(directory, name), name === "environment.json" ? file : undefined, kind, get),
  );
  return { place, get, ...(broken !== undefined && { broken }), warnings };
}

type Content =
  | { readonly state: "missing" }
  | { readonly state: "parsed"; readonly json: object }
  | Extract<ConfigFile, { readonly state: "broken" }>;

function parse(file: ConfigFile): Content {
  if (file.state !== "read") return file;
  let json: unknown;
  try {
    json = JSON.parse(file.text);
  } catch {
    // Not a cause either: the parser's message quotes the text, and there may be a token in it.
    return { state: "broken", problem: "it is not JSON" };
  }
  return isJsonObject(json)
    ? { state: "parsed", json }
    : { state: "broken", problem: "it is not a JSON object" };
}

function readKey(json: object, key: ConfigKey, path: string, kind: DirectoryKind): ConfigValue {
  const value = field(json, key);
  if (value === null) return { state: "hidden" };
  if (value === undefined) return { state: "absent", reason: `${path} has no ${key}` };
  // Other writers than the toolkit store the port as a number.
  const text =
    key === "DX_APISERVER_PORT" && typeof value === "number" && Number.isInteger(value)
      ? String(value)
      : value;
  if (typeof text !== "string") {
    const remedy = `Write ${key} in ${path} as a text in quotes${kind === "machine" ? "." : ", or run dx login."}`;
    return { state: "broken", problem: "the value in it is not a text", remedy };
  }
  return text.trim() === ""
    ? { state: "absent", reason: `${key} in ${path} is empty` }
    : { state: "set", text: text.trim() };
}

function readStandalone(path: string, kind: DirectoryKind): ConfigValue {
  const file = readConfigFile(path);
  if (file.state === "missing") return { state: "absent", reason: `${path} does not exist` };
  if (file.state === "broken")
    return { state: "broken", problem: file.problem, remedy: repair(file, kind, path) };
  return file.text === ""
    ? { state: "absent", reason: `${path} is empty` }
    : { state: "set", text: file.text };
}

function repair(
  { cause }: Extract<ConfigFile, { readonly state: "broken" }>,
  kind: DirectoryKind,
  path: string,
): string {
  const name = shellQuote(path);
  if (cause === "foreign") {
    return kind === "machine"
      ? `Have root own ${name}, or remove it.`
      : `Run this as that user, set DX_USER_CONF_DIR to a directory of your own, or run chown ${process.getuid?.()} ${name} if it is yours.`;
  }
  if (cause === "unreadable") {
    const otherwise = kind === "machine" ? "remove it" : "set DX_USER_CONF_DIR to a directory of its own";
    return `Let the user of this program read ${name}, or ${otherwise}.`;
  }
  return kind === "machine"
    ? `Repair ${name}, or remove it.`
    : `Repair ${name}, or remove it and run dx login.`;
}

function modeWarning(
  path: string,
  seen: ConfigFile | undefined,
  kind: DirectoryKind,
  get: (key: ConfigKey) => ConfigValue,
): string[] {
  // A file for the whole machine is meant to be read by everybody, unless there is a token in it.
  if (kind === "machine" && (seen === undefined || get("DX_SECURITY_CONTEXT").state !== "set")) return [];
  // On Windows the mode says nothing of other users.
  if (process.platform === "win32") return [];
  const file = seen ?? readConfigFile(path);
  if (file.state !== "read" || (file.mode & 0o077) === 0) return [];
  const mode = file.mode.toString(8).padStart(3, "0");
  return [`${path} is open to other users (mode ${mode}): run chmod 600 ${shellQuote(path)}.`];
}
