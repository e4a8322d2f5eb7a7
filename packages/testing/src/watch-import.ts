import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";

/** What importing a module did: what it looked at, and which of the platform's modules it loaded at once. */
export interface ImportReport {
  readonly reads: readonly string[];
  readonly builtins: readonly string[];
}

// Several rules ask about one entry.
const reports = new WeakMap<URL, Promise<ImportReport>>();

/** Imports a module in a process of its own, as sources where there are any. */
export function watchImport(entry: URL): Promise<ImportReport> {
  const report = reports.get(entry) ?? importAlone(entry);
  reports.set(entry, report);
  return report;
}

async function importAlone(entry: URL): Promise<ImportReport> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@auth/source", "--no-warnings", "--input-type=module", "--eval", script, entry.href],
    { timeout: 20_000 },
  );
  return JSON.parse(stdout) as ImportReport;
}

// Runs where none of our files are at hand.
const script = `
import childProcess from "node:child_process";
import fs from "node:fs";
import { registerHooks, syncBuiltinESMExports } from "node:module";
import net from "node:net";
const reads = new Set();
// The loader itself reads files and variables: what counts is what is called from elsewhere than node:.
const report = (what) => {
  const caller = new Error().stack.split("\\n")[3] ?? "";
  if (!/[( ]node:/.test(caller)) reads.add(what);
};
const builtins = new Set();
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    if (found.url.startsWith("node:")) builtins.add(found.url);
    return found;
  },
});
const watch = (target, name, members) => {
  for (const member of members) {
    const original = target[member];
    if (typeof original !== "function") continue;
    target[member] = function (...given) {
      report(name + "." + member);
      return original.apply(this, given);
    };
  }
};
watch(fs, "fs", Object.keys(fs).filter((member) => /^[a-z]/.test(member)));
watch(fs.promises, "fs.promises", Object.keys(fs.promises));
watch(childProcess, "child_process", ["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync"]);
watch(net.Socket.prototype, "net.Socket", ["connect"]);
globalThis.fetch = () => { reads.add("fetch"); return Promise.reject(new Error("Nothing is fetched here.")); };
syncBuiltinESMExports();
const env = process.env;
process.env = new Proxy(env, {
  get: (target, name) => (report("process.env." + String(name)), target[name]),
  has: (target, name) => (report("process.env." + String(name)), name in target),
  getOwnPropertyDescriptor: (target, name) => (report("process.env." + String(name)), Reflect.getOwnPropertyDescriptor(target, name)),
  ownKeys: (target) => (report("process.env"), Reflect.ownKeys(target)),
});
await import(process.argv[1]);
process.env = env;
process.stdout.write(JSON.stringify({ reads: [...reads], builtins: [...builtins] }));
`;
