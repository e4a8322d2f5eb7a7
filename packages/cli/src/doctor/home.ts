import { mkdtempSync, rmdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

import { type Finding, ok, warning } from "./finding.ts";

/** Whether a login could be saved: tried with an empty folder, since neither mode nor owner tells of a read-only disk. */
export function checkHome(): Finding[] {
  const home = homedir();
  try {
    rmdirSync(mkdtempSync(path.join(home, ".auth-doctor-")));
    return [ok("home", `${home} can be written to.`)];
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "no reason given";
    return [
      warning(
        "home",
        `${home} cannot be written to (${code}): no login can be saved there.`,
        "Pass the token in a variable, or set HOME to a folder of your own.",
      ),
    ];
  }
}
