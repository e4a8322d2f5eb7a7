// Runs the built packages in every runtime that they are for, against services on loopback: `npm run check:runtimes`.
// Names of runtimes as arguments run those alone.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";

import { startFakeDNAnexus } from "@auth/dnanexus/testing";

import { startServices } from "./service.ts";
import type { Outcome, Printed } from "./suite.ts";
import { runWorkerChecks } from "./worker-checks.ts";

const x64 = process.arch === "x64";
const { arch } = process;
const modules = path.join(import.meta.dirname, "node_modules");
const program = path.join(import.meta.dirname, "program.ts");

/** Where the binary is, and what comes before the name of the program. */
const runtimes: Readonly<Record<string, { readonly file: string; readonly args: readonly string[] }>> = {
  "Node.js 22": { file: `node-22-linux-${arch}/bin/node`, args: ["--disable-warning=ExperimentalWarning"] },
  "Node.js 24": { file: `node-24-linux-${arch}/bin/node`, args: [] },
  "Node.js 26": { file: `node-26-linux-${arch}/bin/node`, args: [] },
  Bun: {
    file: `@oven/bun-linux-${x64 ? "x64-baseline" : "aarch64"}/bin/bun`,
    // Bun would take the condition @auth/source from the repository's, and run some sources beside the builds.
    args: ["run", "--tsconfig-override=plain.tsconfig.json"],
  },
  Deno: {
    file: `@deno/linux-${arch}-glibc/deno`,
    args: ["run", "--allow-all", "--no-lock", "--node-modules-dir=manual"],
  },
  workerd: { file: `@cloudflare/workerd-linux-${x64 ? "64" : "arm64"}/bin/workerd`, args: [] },
};

let passed = 0;
let failed = 0;
const asked = process.argv.slice(2);
for (const [name, { file, args }] of Object.entries(runtimes)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const startedAt = performance.now();
  const outcomes = await run(name, path.join(modules, file), args);
  const problems = outcomes.filter(({ problem }) => problem !== undefined);
  passed += outcomes.length - problems.length;
  failed += problems.length;
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(
    `${name}: ${outcomes.length - problems.length} passed, ${problems.length} failed, ${seconds} s`,
  );
  for (const each of problems) console.log(`  ${each.name}\n    ${each.problem?.replaceAll("\n", "\n    ")}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function run(name: string, binary: string, args: readonly string[]): Promise<readonly Outcome[]> {
  if (!existsSync(binary))
    return [{ name: "is installed", problem: `${name} is not there for this platform.` }];
  const services = await startServices();
  try {
    const { outcomes, printed } = await (name === "workerd"
      ? runWorkerChecks(binary, services)
      : runProgram(binary, args, services));
    const leak = {
      name: "prints no token",
      ...(/canary-acme/.test(printed) && { problem: "It printed one." }),
    };
    return [...outcomes, leak];
  } catch (error) {
    return [
      { name: "runs to the end", problem: String(error instanceof Error ? (error.stack ?? error) : error) },
    ];
  } finally {
    await services.close();
  }
}

async function runProgram(
  binary: string,
  args: readonly string[],
  { own, foreign }: { own: string; foreign: string },
): Promise<Printed> {
  await using fake = await startFakeDNAnexus({ tokens: { "not-a-secret": "alice" } });
  const facts = JSON.stringify({ site: { own, foreign }, login: fake.environment("not-a-secret") });
  const { stdout, stderr } = await promisify(execFile)(binary, [...args, program, facts], {
    timeout: 60_000,
    cwd: import.meta.dirname,
  });
  const lines = stdout.trimEnd().split("\n");
  const outcomes = JSON.parse(lines.at(-1) ?? "") as Outcome[];
  return { outcomes, printed: lines.slice(0, -1).join("\n") + stderr };
}
