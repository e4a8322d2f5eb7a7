// Runs the command of a provider from the sources: npm run auth -- pylon status
import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import path from "node:path";
import process from "node:process";

const root = path.resolve(import.meta.dirname, "..");
const [provider = "", ...args] = process.argv.slice(2);
const program = path.join(root, "packages", provider, "src/cli.ts");
if (provider === "" || /[\\/]/.test(provider) || !existsSync(program)) {
  const names = globSync("packages/*/src/cli.ts", { cwd: root }).map((file) => file.split(path.sep)[1]);
  console.error(`Usage: npm run auth -- <provider> <command>\nProviders: ${names.toSorted().join(", ")}`);
  process.exit(2);
}
// In the folder that the command was typed in: a relative path means a file there.
const { status } = spawnSync(process.execPath, ["--conditions=@auth/source", program, ...args], {
  stdio: "inherit",
  cwd: process.env["INIT_CWD"] ?? process.cwd(),
});
process.exitCode = status ?? 1;
