import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

import type { Environment } from "@auth/core";

import { type Finding, ok, warning } from "./finding.ts";

const names = [".env", ".env.local", ".env.development", ".env.development.local"];

/** A `.env` that names the provider's variable, and that nobody has loaded. */
export function checkEnvironmentFiles(variables: readonly string[], env: Environment): Finding[] {
  const unset = variables.filter((name) => !env[name]?.trim());
  const findings = names.flatMap((name) => {
    const found = unset.find((known) => assigns(path.resolve(name), known));
    return found === undefined
      ? []
      : [
          warning(
            ".env",
            `${name} in this folder sets ${found}, and nobody has loaded it.`,
            `Load it: with node --env-file=${name} for your program, with set -a; . ./${name} in a shell.`,
          ),
        ];
  });
  return findings.length > 0 ? findings : [ok(".env", `No unloaded .env in ${process.cwd()}.`)];
}

function assigns(file: string, variable: string): boolean {
  try {
    return (
      existsSync(file) &&
      new RegExp(`^\\s*(?:export\\s+)?${variable}\\s*=\\s*\\S`, "m").test(readFileSync(file, "utf8"))
    );
  } catch {
    return false;
  }
}
