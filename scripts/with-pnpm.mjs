// Runs a command of this repository, so that `npm run demo` and `npm test` work as the first thing typed in a fresh
// clone on a machine that has only Node.js (18 or newer) and npm. Without pnpm around it, it fetches the pnpm that
// package.json pins; pnpm then installs what is missing, a recent Node.js included, and runs the command.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

const { packageManager } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const underPnpm = (process.env.npm_config_user_agent ?? "").startsWith("pnpm/");

const [major, minor] = process.versions.node.split(".").map(Number);
if ((major < 22 || (major === 22 && minor < 19)) && (underPnpm || process.platform !== "linux")) {
  console.error(
    `Node.js 22.19 or newer is needed here, and this is ${process.version}. Install Node.js 24 and try again.`,
  );
  process.exit(1);
}

const command = underPnpm ? [] : ["npx", "--yes", packageManager, "exec"];
const [file, ...args] = [...command, ...process.argv.slice(2)];
const { status, error } = spawnSync(file, args, { stdio: "inherit", shell: process.platform === "win32" });
if (error) console.error(error.message);
process.exit(status ?? 1);
