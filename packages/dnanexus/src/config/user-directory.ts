import type { Environment } from "@auth/core";

import { trimmedVariable } from "./environment-place.ts";
import { join, process, resolve } from "../platform.ts";

/** The toolkit's directory for this user: `DX_USER_CONF_DIR`, else `~/.dnanexus_config`. `undefined`: no home directory. */
export function userDirectory(env: Environment): string | undefined {
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
