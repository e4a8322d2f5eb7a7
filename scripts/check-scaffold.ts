// Scaffolds a provider in a copy of the tree, and runs on it what CI runs on every package: the templates cannot rot. The other
// kinds of header differ by a few lines, which are linted, compiled and tested. The tree itself stays as it is.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

import { providerFacts } from "./new-provider/provider-facts.ts";
import { providerFiles } from "./new-provider/provider-files.ts";

const root = path.dirname(import.meta.dirname);
const copy = mkdtempSync(path.join(tmpdir(), "check-scaffold-"));
const startedAt = performance.now();

const id = "zephyr-mail";
const variants = [
  providerFacts(root, "zephyr-key", { header: "x-zephyr-key", name: "Zephyr & Sons" }),
  providerFacts(root, "zephyr-basic", { header: "basic", "base-url": "https://api.zephyr.example/v2" }),
];

try {
  copyTree();
  for (const facts of variants)
    for (const [file, text] of providerFiles(facts, new Date())) write(file, text);
  step("scaffold", "node", ["scripts/new-provider.ts", id]);
  for (const file of ["README.md", "pnpm-lock.yaml"]) expectOnlyAdded(file);

  const folders = [id, ...variants.map((variant) => variant.id)].map((name) => `packages/${name}`);
  const variantFolders = folders.slice(1);
  step("format", "oxfmt", variantFolders);
  step("format check", "oxfmt", [
    "--check",
    `packages/${id}`,
    `.changeset/new-provider-${id}.md`,
    "README.md",
  ]);
  step("lint", "oxlint", folders);
  step("knip", "knip", ["--no-config-hints", ...folders.flatMap((folder) => ["--workspace", folder])]);
  for (const folder of folders) step(`types of ${folder}`, "tsc", ["-p", folder]);
  step("package", "pnpm", ["--filter", `@auth/${id}`, "check:package"]);
  const projects = folders.flatMap((folder) => ["--project", folder.replace("packages/", "@auth/")]);
  step("tests", "vitest", ["run", ...projects]);
  const documents = ["scripts/house/provider-folder.test.ts", "scripts/documentation/programs.test.ts"];
  const named = `--testNamePattern=packages/${id}`;
  step("house and README", "vitest", [
    "run",
    "--testTimeout=30000",
    "--project=scripts",
    named,
    ...documents,
  ]);
  console.log(`The scaffold is sound (${seconds(startedAt)} s).`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

/** What git has or would take, as it is in this folder. */
function copyTree(): void {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  // A file that was deleted and not yet committed is still in git's list.
  for (const file of stdout.split("\0").filter((name) => name !== "" && existsSync(path.join(root, name))))
    cpSync(path.join(root, file), path.join(copy, file));
}

/** What was there before the new provider is there as it was, line by line. */
function expectOnlyAdded(file: string): void {
  const after = readFileSync(path.join(copy, file), "utf8").split("\n");
  let at = 0;
  for (const line of readFileSync(path.join(root, file), "utf8").split("\n")) {
    at = after.indexOf(line, at) + 1;
    if (at === 0) throw new Error(`A new provider changes or moves this line of ${file}: ${line}`);
  }
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
  writeFileSync(path.join(copy, file), text);
}

function step(what: string, file: string, args: readonly string[]): void {
  const at = performance.now();
  const bin = [path.join(copy, "node_modules/.bin"), process.env["PATH"]].join(path.delimiter);
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd: copy,
    env: { ...process.env, PATH: bin },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${stdout}\n${stderr}\nThe scaffold fails at: ${what}`);
  console.log(`${what}: ${seconds(at)} s`);
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}
