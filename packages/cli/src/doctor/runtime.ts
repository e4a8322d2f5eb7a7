import process from "node:process";

import { type Finding, ok } from "./finding.ts";

/** Which runtime this is. An older one does not get so far: the command says so before it loads anything. */
export function checkRuntime(): Finding[] {
  return [ok("runtime", `Node.js ${process.versions.node} on ${process.platform}.`)];
}
