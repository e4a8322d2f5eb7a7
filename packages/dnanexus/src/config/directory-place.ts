import { ownField, isJsonObject } from "@auth/core";

import { type ConfigFile, type Owner, readConfigFile, readEnvironmentFile, repair } from "./config-file.ts";
import {
  type ConfigKey,
  type ConfigLayer,
  type ConfigPlace,
  type Reading,
  standaloneKeys,
} from "./config-layer.ts";
import { join } from "../platform.ts";

/** A configuration directory of the toolkit: `environment.json` and the files of single names. */
export function directoryPlace(kind: Owner, directory: string): ConfigPlace {
  const place: ConfigPlace = {
    kind,
    directory,
    nameOf: () => `file ${join(directory, "environment.json")}`,
    read: () => readDirectory(place, kind, directory),
  };
  return place;
}

/** A place where nothing can be, since there is no directory, or something else in its place. */
export function unknownPlace(name: string, reason: string, directory?: string): ConfigPlace {
  const place: ConfigPlace = {
    kind: "user",
    ...(directory !== undefined && { directory }),
    nameOf: () => name,
    read: () => ({
      place,
      get: () => ({ state: "absent", reason }),
      broken: () => undefined,
      warnings: () => (directory === undefined ? [] : [`${reason}: no login is read there.`]),
    }),
  };
  return place;
}

function readDirectory(place: ConfigPlace, kind: Owner, directory: string): ConfigLayer {
  const path = join(directory, "environment.json");
  const file = once(() => readEnvironmentFile(path, kind));
  const content = once(() => parseConfig(file(), kind, path));
  const standalone = new Map(
    standaloneKeys.map((key) => [key, once(() => readConfigFile(join(directory, key), kind))]),
  );

  const layer: ConfigLayer = {
    place,
    get(key) {
      const alone = standalone.get(key)?.();
      if (alone?.state === "broken") return alone;
      if (alone?.state === "set" && alone.value.text !== "") return { state: "set", value: alone.value.text };
      const whole = content();
      return whole.state === "set" ? readKey(whole.value, key, path, kind) : whole;
    },
    broken() {
      const whole = content();
      return whole.state === "broken" ? whole : undefined;
    },
    warnings() {
      const whole = content();
      const forDx = whole.state === "set" ? toolkitWarning(whole.value, path) : [];
      // A file for the whole machine is meant to be read by everybody, unless there is a token in it.
      if (kind === "machine")
        return [...(layer.get("DX_SECURITY_CONTEXT").state === "set" ? modeWarning(file()) : []), ...forDx];
      const alone = [...standalone].flatMap(([key, read]) => standaloneWarning(join(directory, key), read()));
      return [...modeWarning(file()), ...alone, ...forDx];
    },
  };
  return layer;
}

/** The object in an `environment.json`. */
export function parseConfig(file: Reading<ConfigFile>, kind: Owner, path: string): Reading<object> {
  if (file.state !== "set") return file;
  let json: unknown;
  try {
    json = JSON.parse(file.value.text);
  } catch {
    // Not a cause either: the parser's message quotes the text, and there may be a token in it.
  }
  if (isJsonObject(json)) return { state: "set", value: json };
  const problem = json === undefined ? "it is not JSON" : "it is not a JSON object";
  return { state: "broken", problem, remedy: repair(kind, path) };
}

function readKey(json: object, key: ConfigKey, path: string, kind: Owner): Reading<string> {
  const value = ownField(json, key);
  if (value === undefined) return { state: "absent", reason: `${path} has no ${key}` };
  if (value === null) {
    const reason = `${key} is null in file ${path}, which hides lesser logins`;
    return { state: "hidden", reason, remedy: "Run dx login." };
  }
  // Other writers than the toolkit store the port as a number.
  const text =
    key === "DX_APISERVER_PORT" && typeof value === "number" && Number.isInteger(value) ? `${value}` : value;
  if (typeof text !== "string") {
    const remedy = `Write ${key} in ${path} as a text in quotes${kind === "machine" ? "." : ", or run dx login."}`;
    return { state: "broken", problem: "the value in it is not a text", remedy };
  }
  return text.trim() === ""
    ? { state: "absent", reason: `${key} in ${path} is empty` }
    : { state: "set", value: text.trim() };
}

function modeWarning(file: Reading<ConfigFile>): string[] {
  return file.state === "set" && file.value.openToOthers !== undefined ? [file.value.openToOthers] : [];
}

function standaloneWarning(path: string, file: Reading<ConfigFile>): string[] {
  return file.state === "broken"
    ? [`${path} takes no part, and ${file.problem}. ${file.remedy}`]
    : modeWarning(file);
}

/** The toolkit makes a variable of its own of whatever stands in the file, and ends where that is none. */
function toolkitWarning(json: object, path: string): string[] {
  const names = Object.entries(json)
    .filter(([name, value]) => {
      const isText = value === null || (typeof value === "string" && !value.includes("\0"));
      return !isText || name === "" || /[=\0]/.test(name);
    })
    .map(([name]) => name);
  if (names.length === 0) return [];
  const known = names.filter((name) => /^[A-Z][A-Z0-9_]{0,40}$/.test(name)).slice(0, 3);
  const which = known.length === 0 ? "" : ` (${known.join(", ")}${names.length > known.length ? ", …" : ""})`;
  return [
    `dx cannot start with ${path}, since not everything in it is a name with a text${which}: write the values in quotes, or take them out.`,
  ];
}

function once<T extends object>(read: () => T): () => T {
  let result: T | undefined;
  return () => (result ??= read());
}
