import { type Environment, variable } from "@auth/core";

import type { ConfigKey, ConfigPlace, Reading } from "./config-layer.ts";

/** The environment variables. An empty or blank value counts as unset. */
export function environmentPlace(env: Environment): ConfigPlace {
  const place: ConfigPlace = {
    kind: "environment",
    nameOf: (key) => `env ${key}`,
    read: () => ({
      place,
      get: (key) => readVariable(env, key),
      broken: () => undefined,
      warnings: () => [],
    }),
  };
  return place;
}

/** A variable's value without surrounding white space; `undefined` where it is unset, empty or blank. */
export function trimmedVariable(env: Environment, name: string): string | undefined {
  const value = variable(env, name)?.trim();
  return value === "" ? undefined : value;
}

function readVariable(env: Environment, key: ConfigKey): Reading<string> {
  const value = trimmedVariable(env, key);
  if (value !== undefined) return { state: "set", value };
  const isEmpty = Object.hasOwn(env, key) && env[key] !== undefined;
  return { state: "absent", reason: `${key} is ${isEmpty ? "empty" : "not set"}` };
}
