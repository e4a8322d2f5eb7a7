// Compares the public names of a built package with packages/<id>/api/*.api.md, one report an entry point, so that a
// change of them shows in a review. With --write it writes the reports. Runs in the folder of the package.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";

const write = process.argv.includes("--write");
const folder = process.cwd();
const temporary = path.join(folder, "node_modules/.cache/api");
const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
const entries = Object.values(exports).flatMap((target) => target.types ?? []);

const problems = [];
const exported = new Set();
const mentioned = new Map();

if (write) rmSync("api", { recursive: true, force: true });
mkdirSync("api", { recursive: true });
mkdirSync(temporary, { recursive: true });
for (const entry of entries) {
  // ./dist/testing/index.d.ts → testing
  const name = entry
    .slice("./dist/".length, -".d.ts".length)
    .replace(/(?<=.)\/index$/, "")
    .replaceAll("/", "-");
  const result = Extractor.invoke(
    ExtractorConfig.prepare({
      configObjectFullPath: undefined,
      packageJsonFullPath: path.join(folder, "package.json"),
      configObject: {
        projectFolder: folder,
        mainEntryPointFilePath: path.join(folder, entry),
        newlineKind: "lf",
        compiler: {
          overrideTsconfig: {
            compilerOptions: {
              strict: true,
              module: "nodenext",
              target: "es2023",
              lib: ["es2023"],
              types: ["node"],
              skipLibCheck: true,
            },
          },
        },
        apiReport: {
          enabled: true,
          reportFileName: `${name}.api.md`,
          reportFolder: path.join(folder, "api"),
          reportTempFolder: temporary,
        },
        messages: {
          extractorMessageReporting: { "ae-forgotten-export": { logLevel: ExtractorLogLevel.Warning } },
        },
      },
    }),
    {
      localBuild: write,
      messageCallback(message) {
        const [, forgotten] =
          (message.messageId === "ae-forgotten-export" && /symbol "(\w+)"/.exec(message.text)) || [];
        if (forgotten) mentioned.set(forgotten, name);
        message.logLevel = ExtractorLogLevel.None;
      },
    },
  );
  if (result.apiReportChanged && !write)
    problems.push(
      `api/${name}.api.md is not what the package exports: run \`npm run api\`, read what changed, commit it`,
    );
  const report = readFileSync(path.join(temporary, `${name}.api.md`), "utf8");
  for (const [, symbol] of report.matchAll(
    /^export (?:\w+ )*?(?:class|const|function|interface|type) (\w+)/gm,
  ))
    exported.add(symbol);
}

for (const [symbol, entry] of mentioned)
  if (!exported.has(symbol))
    problems.push(`"${symbol}" is part of what ${entry} exports: export it by name too`);
if (problems.length > 0) console.error(problems.map((problem) => `${problem}.`).join("\n"));
if (problems.length > 0 && !write) process.exitCode = 1;
