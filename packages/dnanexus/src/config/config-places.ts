import type { Environment } from "@auth/core";

import { kindOf } from "./config-file.ts";
import type { ConfigPlace } from "./config-layer.ts";
import { directoryPlace, unknownPlace } from "./directory-place.ts";
import { environmentPlace } from "./environment-place.ts";
import { parentProcesses } from "./parent-processes.ts";
import { sessionDirectory } from "./session-directory.ts";
import { userDirectory } from "./user-directory.ts";
import { type TokenVariable, tokenVariables, variablePlace } from "./variable-place.ts";
import { join } from "../platform.ts";

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
  {
    sessions = true,
    alsoRead = [],
  }: { readonly sessions?: boolean | undefined; readonly alsoRead?: readonly TokenVariable[] | undefined },
): readonly ConfigPlace[] {
  const variables = tokenVariables.filter((name) => alsoRead.includes(name));
  return [
    environmentPlace(env),
    ...variables.map((name) => variablePlace(env, name)),
    ...userPlaces(env, machine, sessions),
    directoryPlace("machine", machine.directory),
  ];
}

function userPlaces(env: Environment, machine: Machine, sessions: boolean): readonly ConfigPlace[] {
  const directory = userDirectory(env);
  if (directory === undefined)
    return [unknownPlace("file ~/.dnanexus_config/environment.json", "HOME is not set")];
  if (kindOf(directory) === "other") {
    const reason = `DX_USER_CONF_DIR names ${directory}, which is not a directory`;
    const name = `file ${join(directory, "environment.json")}`;
    return [unknownPlace(name, reason, directory)];
  }
  const user = directoryPlace("user", directory);
  if (!sessions) return [user];
  return [directoryPlace("session", sessionDirectory(directory, machine.parents())), user];
}
