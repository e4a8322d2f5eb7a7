import { type Environment, variable } from "@auth/core";

import type { ConfigKey, ConfigLayer, ConfigPlace, Reading } from "./config-layer.ts";
import { securityContextText } from "./security-context.ts";

/** Variables with a token alone that other programs read, in the order in which they come. */
export const tokenVariables: readonly TokenVariable[] = ["DX_API_TOKEN", "DX_AUTH_TOKEN"];

/** A variable with a token alone: dxda and dxfuse read `DX_API_TOKEN`, the toolkit's shell files `DX_AUTH_TOKEN`. */
export type TokenVariable = "DX_API_TOKEN" | "DX_AUTH_TOKEN";

/** The environment variables. An empty or blank value counts as unset. */
export function environmentPlace(env: Environment): ConfigPlace {
  return place(
    "environment",
    (key) => `env ${key}`,
    (key) => readVariable(env, key),
  );
}

/** A variable of the environment that holds a token alone, and says nothing of anything else. */
export function variablePlace(env: Environment, name: TokenVariable): ConfigPlace {
  return place(
    "variable",
    () => `env ${name}`,
    (key) => {
      const token = key === "DX_SECURITY_CONTEXT" ? trimmedVariable(env, name) : undefined;
      return token === undefined
        ? { state: "absent", reason: `${name} is not set` }
        : { state: "set", value: securityContextText(token, "Bearer", "") };
    },
  );
}

function place(
  kind: "environment" | "variable",
  nameOf: ConfigPlace["nameOf"],
  get: ConfigLayer["get"],
): ConfigPlace {
  const self: ConfigPlace = {
    kind,
    nameOf,
    read: () => ({ place: self, get, broken: () => undefined, warnings: () => [] }),
  };
  return self;
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

/** The variables that are set and were not asked for. */
export function unreadVariables(env: Environment, read: readonly TokenVariable[]): readonly TokenVariable[] {
  return tokenVariables.filter((name) => !read.includes(name) && trimmedVariable(env, name) !== undefined);
}

/** Says of each that it is not read. */
export function unreadWarnings(names: readonly TokenVariable[]): readonly string[] {
  return names.map(
    (name) => `env ${name} is set and not read, as in the toolkit: pass alsoRead: ["${name}"] to use it.`,
  );
}
