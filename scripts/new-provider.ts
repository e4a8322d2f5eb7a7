// `npm run new:provider -- acme --name "Acme"` writes packages/acme, whole: it builds, and every check passes on it. What is
// left to do is to put in what the service's own pages say. docs/adding-a-provider.md goes through it.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";

import { providerFacts, Refusal } from "./new-provider/provider-facts.ts";
import { providerFiles } from "./new-provider/provider-files.ts";
import { withProviderRow } from "./new-provider/provider-row.ts";

const root = path.dirname(import.meta.dirname);
const usage = `npm run new:provider -- <id> [options]

  --name "Acme"                    the service's name for people   (by the id)
  --base-url https://…             address of the API              (https://api.<id>.example)
  --token-url https://…            page where tokens are made      (https://<id>.example/settings/tokens)
  --env ACME_TOKEN                 variable with the token         (<ID>_TOKEN)
  --header bearer|basic|x-api-key  header that carries the token   (bearer)`;

try {
  newProvider(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function newProvider(args: string[]): void {
  const { values, positionals } = readArguments(args);
  if (values.help === true) {
    console.log(usage);
    return;
  }
  const facts = providerFacts(root, positionals[0], values);
  const files = providerFiles(facts, new Date());
  const readme = path.join(root, "README.md");
  const listed = withProviderRow(readFileSync(readme, "utf8"), facts);
  for (const [file, text] of files) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text, { flag: "wx" });
  }
  writeFileSync(readme, listed);
  const folder = `packages/${facts.id}`;
  // Links the package to core, builds it, and writes the reports of what it exports.
  run("pnpm", ["install", "--no-frozen-lockfile", "--prefer-offline", "--reporter=silent"]);
  run("oxfmt", [...files.keys(), "README.md"]);
  run("pnpm", ["--filter", `@auth/${facts.id}`, "--reporter=silent", "build"]);
  run("node", ["../../scripts/package/api-report.mjs", "--write"], folder);

  console.log(`${folder} is there: ${files.size - 1} files, and a report for each entry in ${folder}/api. README.md lists it.

Next, put in what the service's page says:
  src/conformance.test.ts  the answers, as the service gives them
  src/${facts.id}.ts, src/${facts.id}-identity.ts, src/classify.ts
  npm test -- --project @auth/${facts.id} --bail 1

docs/adding-a-provider.md goes through it.`);
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        name: { type: "string" },
        "base-url": { type: "string" },
        "token-url": { type: "string" },
        env: { type: "string" },
        header: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new Refusal((error as Error).message, `\n\n${usage}`);
  }
}

function run(file: string, args: readonly string[], folder = ""): void {
  const options = { cwd: path.join(root, folder), shell: process.platform === "win32" };
  const { status } = spawnSync(file, args, { ...options, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0)
    throw new Refusal(
      `${file} ${args.join(" ")} failed.`,
      "Mend what it says above, and run it again by itself.",
    );
}
