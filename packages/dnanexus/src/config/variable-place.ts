import type { Environment } from "@auth/core";

import type { ConfigPlace } from "./config-layer.ts";
import { trimmedVariable } from "./environment-place.ts";
import { securityContextText } from "./security-context.ts";

/** Variables with a token alone that other programs read, in the order in which they come. */
export const tokenVariables: readonly TokenVariable[] = ["DX_API_TOKEN", "DX_AUTH_TOKEN"];

/** A variable with a token alone: dxda and dxfuse read `DX_API_TOKEN`, the toolkit's shell files `DX_AUTH_TOKEN`. */
export type TokenVariable = "DX_API_TOKEN" | "DX_AUTH_TOKEN";

/** A variable of the environment that holds a token alone, and says nothing of anything else. */
export function variablePlace(env: Environment, name: TokenVariable): ConfigPlace {
  const place: ConfigPlace = {
    kind: "variable",
    nameOf: () => `env ${name}`,
    read: () => ({
      place,
      get(key) {
        const token = key === "DX_SECURITY_CONTEXT" ? trimmedVariable(env, name) : undefined;
        return token === undefined
          ? { state: "absent", reason: `${name} is not set` }
          : { state: "set", value: securityContextText(token, "Bearer", "") };
      },
      broken: () => undefined,
      warnings: () => [],
    }),
  };
  return place;
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
