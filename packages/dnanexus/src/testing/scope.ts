import { ownField, isJsonObject } from "@auth/core";

import type { FakeScope } from "./token-store.ts";

/** The scope that a JSON value stands for; `undefined` where it is none. */
export function readScope(scope: unknown): FakeScope | undefined {
  if (ownField(scope, "full") === true) return { full: true };
  const projects = ownField(scope, "projects");
  if (!isJsonObject(projects)) return undefined;
  const levels = Object.entries(projects).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const phiAccess = ownField(scope, "phiAccess");
  return {
    projects: Object.fromEntries(levels),
    ...(typeof phiAccess === "boolean" && { phiAccess }),
  };
}
