import type { Environment } from "@auth/core";

import { join, process, resolve } from "../platform.ts";
import { kindOf } from "./config-file.ts";
import type { ConfigPlace } from "./config-layer.ts";
import { directoryPlace, unknownPlace } from "./directory-place.ts";
import {
  environmentPlace,
  type TokenVariable,
  tokenVariables,
  trimmedVariable,
  variablePlace,
} from "./environment-place.ts";
import { parentProcesses } from "./parent-processes.ts";
import { sessionDirectory } from "./session-directory.ts";

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

/** The toolkit's directory for this user: `DX_USER_CONF_DIR`, else `~/.dnanexus_config`. `undefined`: no home directory. */
function userDirectory(env: Environment): string | undefined {
  const configured = trimmedVariable(env, "DX_USER_CONF_DIR");
  if (configured !== undefined && !/^~(?=$|[/\\])/.test(configured)) return resolve(configured);
  const home = homeDirectory(env);
  if (home === undefined) return undefined;
  return configured === undefined ? join(home, ".dnanexus_config") : join(home, configured.slice(1));
}

function homeDirectory(env: Environment): string | undefined {
  const home = trimmedVariable(env, process.platform === "win32" ? "USERPROFILE" : "HOME");
  // An environment of the caller's own does not lead to the real home directory, where another login may be.
  if (home !== undefined || env !== process.env) return home;
  try {
    return process.getBuiltinModule("node:os").homedir();
  } catch {
    return undefined;
  }
}
