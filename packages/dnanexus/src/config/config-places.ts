import { statSync } from "node:fs";
import { join } from "node:path";

import type { Environment } from "@auth/core";

import type { ConfigPlace } from "./config-layer.ts";
import { directoryPlace, unknownPlace } from "./directory-place.ts";
import { environmentPlace } from "./environment-place.ts";
import { parentProcesses } from "./parent-processes.ts";
import { sessionDirectory } from "./session-directory.ts";
import { userDirectory } from "./user-directory.ts";
import { type TokenVariable, tokenVariables, variablePlace } from "./variable-place.ts";

/** What the configuration takes from the machine besides the environment. */
export interface Machine {
  /** The toolkit's directory for all users. */
  readonly directory: string;
  /** The parent processes of this one, the nearest first. */
  readonly parents: () => Iterable<number>;
}

export const thisMachine: Machine = { directory: "/etc/dnanexus", parents: parentProcesses };

/**
 * The places that the toolkit reads, highest first: environment, session directory, user directory, machine directory.
 * The variables that other programs read stand behind the environment, where they are asked for.
 */
export function configPlaces(
  env: Environment,
  machine: Machine,
  { sessions, alsoRead }: { readonly sessions: boolean; readonly alsoRead: readonly TokenVariable[] },
): readonly ConfigPlace[] {
  const variables = tokenVariables.filter((name) => alsoRead.includes(name));
  const environment = [environmentPlace(env), ...variables.map((name) => variablePlace(env, name))];
  const forAll = directoryPlace("machine", machine.directory);
  const directory = userDirectory(env);
  if (directory === undefined) {
    const unknown = unknownPlace("user", "file ~/.dnanexus_config/environment.json", "HOME is not set");
    return [...environment, unknown, forAll];
  }
  if (isSomethingElse(directory)) {
    const reason = `DX_USER_CONF_DIR names ${directory}, which is not a directory`;
    const name = `file ${join(directory, "environment.json")}`;
    const none = unknownPlace("user", name, reason, [`${reason}: no login is read there.`]);
    return [...environment, none, forAll];
  }
  const user = directoryPlace("user", directory);
  if (!sessions) return [...environment, user, forAll];
  const session = directoryPlace("session", sessionDirectory(directory, machine.parents()));
  return [...environment, session, user, forAll];
}

function isSomethingElse(directory: string): boolean {
  try {
    return !statSync(directory).isDirectory();
  } catch {
    return false;
  }
}
