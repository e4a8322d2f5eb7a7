import type { Environment } from "@auth/core";

import type { ConfigPlace } from "./config-layer.ts";
import { directoryPlace, unknownPlace } from "./directory-place.ts";
import { environmentPlace } from "./environment-place.ts";
import { parentProcesses } from "./parent-processes.ts";
import { sessionDirectory } from "./session-directory.ts";
import { userDirectory } from "./user-directory.ts";

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
 */
export function configPlaces(
  env: Environment,
  machine: Machine,
  { sessions }: { readonly sessions: boolean },
): readonly ConfigPlace[] {
  const environment = environmentPlace(env);
  const forAll = directoryPlace("machine", machine.directory);
  const directory = userDirectory(env);
  if (directory === undefined) {
    const unknown = unknownPlace("user", "file ~/.dnanexus_config/environment.json", "HOME is not set");
    return [environment, unknown, forAll];
  }
  const user = directoryPlace("user", directory);
  if (!sessions) return [environment, user, forAll];
  const session = directoryPlace("session", sessionDirectory(directory, machine.parents()));
  return [environment, session, user, forAll];
}
