import { type Environment, variable } from "@auth/core";

import type { ConfigKey, ConfigLayer, ConfigPlace, ConfigValue } from "./config-layer.ts";

/** The environment variables. An empty or blank value counts as unset. */
export function environmentPlace(env: Environment): ConfigPlace {
  const place: ConfigPlace = {
    kind: "environment",
    nameOf: (key) => `env ${key}`,
    read: (): ConfigLayer => ({ place, get: (key) => readVariable(env, key), warnings: [] }),
  };
  return place;
}

/** A variable's value without surrounding white space; `undefined` where it is unset, empty or blank. */
export function trimmedVariable(env: Environment, name: string): string | undefined {
  const value = variable(env, name)?.trim();
  return value === "" ? undefined : value;
}

function readVariable(env: Environment, key: ConfigKey): ConfigValue {
  const text = trimmedVariable(env, key);
  if (text !== undefined) return { state: "set", text };
  const isEmpty = Object.hasOwn(env, key) && env[key] !== undefined;
  return { state: "absent", reason: `${key} is ${isEmpty ? "empty" : "not set"}` };
}
