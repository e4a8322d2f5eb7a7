// What becomes of a package once it is published: it is installed where nothing else is, compiled against, run and measured.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

import { commandProblems } from "../package/command-problems.ts";
import { installProblems, type Lockfile } from "./install-problems.ts";
import { problemsOf, refuse } from "./refuse.ts";
import type { Workplace } from "./workplace.ts";

/** A package that was packed to be published. */
export interface Release {
  readonly name: string;
  readonly version: string;
  /** The package's folder in the copy. */
  readonly folder: string;
  readonly tarball: string;
  readonly integrity: string;
}

/** Where the release is rehearsed. */
interface Rehearsal {
  readonly workplace: Workplace;
  /** The copy of the checkout. */
  readonly copy: string;
}

/** Of CPU, and far above what it costs (benchmarks/ is exact): more means that something heavy is loaded at once. */
const importBudgetMs = 60;

/** Installs a package from a registry, alone, and runs it on every Node.js that is supported. */
export async function checkConsumer(release: Release, registry: string, rehearsal: Rehearsal): Promise<void> {
  const { workplace } = rehearsal;
  // A registry of one's own can serve the scope, or everything.
  const mapped = await install(release, rehearsal, "scope", `@auth:registry=${registry}`);
  await install(release, rehearsal, "everything", `registry=${registry}`);

  const quickStart = await compileQuickStart(release, mapped, rehearsal);
  for (const [major, node] of nodes(rehearsal)) {
    if (quickStart) {
      // In a folder of its own: logins and tokens that it keeps are not those of the run before.
      const cwd = path.join(mapped, `on-node-${major}`);
      mkdirSync(cwd);
      const program = path.join(mapped, quickStart);
      const run = workplace.run(node, [program], { cwd, env: consumerEnv(), timeoutMs: 30_000 });
      refuse(await problemsOf(run, `${release.name}: its quick start fails on Node.js ${major}.`));
    }
    refuse(
      commandProblems({ name: release.name, consumer: mapped, node }).map(
        (problem) => `${problem}\nThat was on Node.js ${major}.`,
      ),
    );
    const cost = await measureImport(release.name, mapped, node, workplace);
    process.stdout.write(`Node.js ${major}: import ${cost.toFixed(1)} ms; `);
    // What is for tests may load what it likes.
    if (cost > importBudgetMs && release.name !== "@auth/testing")
      refuse([
        `${release.name}: importing it takes ${cost.toFixed(1)} ms of CPU on Node.js ${major}, and the budget is ${importBudgetMs} ms.`,
      ]);
  }
}

/** To syntax that Node.js 22 knows; its types are checked by scripts/package/check-package.mjs. Every provider has one. */
async function compileQuickStart(
  { name, folder }: Release,
  consumer: string,
  { workplace, copy }: Rehearsal,
): Promise<string | undefined> {
  const source = path.join(folder, "e2e/quick-start.ts");
  if (!existsSync(source)) {
    const provider = !["@auth/core", "@auth/testing"].includes(name);
    refuse(provider ? [`${name}: it has no e2e/quick-start.ts, which is run as its consumer would.`] : []);
    return undefined;
  }
  cpSync(source, path.join(consumer, "quick-start.ts"));
  const options = "--target es2022 --module esnext --moduleResolution bundler --noCheck".split(" ");
  const tsc = path.join(copy, "node_modules/.bin/tsc");
  await workplace.run(tsc, ["quick-start.ts", ...options], { cwd: consumer });
  return "quick-start.js";
}

async function install(
  release: Release,
  { workplace }: Rehearsal,
  way: string,
  npmrc: string,
): Promise<string> {
  const consumer = path.join(workplace.folder, "consumers", way, path.basename(release.folder));
  mkdirSync(consumer, { recursive: true });
  writeFileSync(path.join(consumer, "package.json"), '{ "private": true, "type": "module" }\n');
  writeFileSync(path.join(consumer, ".npmrc"), `${npmrc}\n`);
  const cache = path.join(workplace.folder, "npm-cache");
  await workplace.run(
    "npm",
    ["install", release.name, "--no-audit", "--no-fund", "--loglevel=error", "--cache", cache],
    { cwd: consumer, env: consumerEnv() },
  );
  const lockfile = JSON.parse(readFileSync(path.join(consumer, "package-lock.json"), "utf8")) as Lockfile;
  // ky is the one package that a consumer gets besides; what tests need is another matter.
  refuse(
    installProblems(lockfile, {
      ...release,
      ...(release.name !== "@auth/testing" && { companions: ["ky"] }),
    }),
  );
  return consumer;
}

/** Milliseconds of CPU, the best of five, since the others were disturbed. */
async function measureImport(
  name: string,
  consumer: string,
  node: string,
  workplace: Workplace,
): Promise<number> {
  const source = `const before = process.cpuUsage();
    await import(${JSON.stringify(name)});
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1_000);`;
  const costs: number[] = [];
  for (let run = 0; run < 5; run++) {
    const printed = await workplace.run(node, ["--input-type=module", "--eval", source], {
      cwd: consumer,
      env: consumerEnv(),
      timeoutMs: 20_000,
    });
    const cost = Number(printed);
    if (Number.isNaN(cost)) refuse([`${name}: importing it prints something: ${printed}`]);
    costs.push(cost);
  }
  return Math.min(...costs);
}

/** The binaries of the supported versions, by major version. */
function nodes({ copy }: Rehearsal): readonly (readonly [major: string, binary: string])[] {
  const modules = path.join(copy, "runtimes/node_modules");
  const found = readdirSync(modules).flatMap((name) => {
    const major = /^node-(\d+)-/.exec(name)?.[1];
    return major === undefined ? [] : [[major, path.join(modules, name, "bin/node")] as const];
  });
  if (found.length === 0)
    refuse(["The Node.js versions of runtimes/package.json do not exist for this platform."]);
  return found.toSorted(([a], [b]) => Number(a) - Number(b));
}

/** As the machine is set up, except for what would win over a consumer's own .npmrc or give it a token. */
function consumerEnv(): NodeJS.ProcessEnv {
  const env = Object.entries(process.env).filter(
    ([name]) => !/^npm_config_(?:registry|@auth:registry)$|^(?:PYLON|DX)_/i.test(name),
  );
  return {
    ...Object.fromEntries(env),
    NO_PROXY: [process.env["NO_PROXY"], "127.0.0.1"].filter(Boolean).join(),
  };
}
