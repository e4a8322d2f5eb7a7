// Compares the public names of a built package with packages/<id>/api/*.api.md, one report an entry point, so that a
// change of them shows in a review. What a package hands on of core's is named, and told in core's own reports. With --write it
// writes the reports. Runs in the folder of the package.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
  Extractor.invoke(
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
          reportFolder: temporary,
          reportTempFolder: path.join(temporary, "new"),
        },
        messages: {
          extractorMessageReporting: { "ae-forgotten-export": { logLevel: ExtractorLogLevel.Warning } },
        },
      },
    }),
    {
      localBuild: true,
      messageCallback(message) {
        const [, forgotten] =
          (message.messageId === "ae-forgotten-export" && /symbol "(\w+)"/.exec(message.text)) || [];
        if (forgotten) mentioned.set(forgotten, name);
        message.logLevel = ExtractorLogLevel.None;
      },
    },
  );
  const report = readFileSync(path.join(temporary, `${name}.api.md`), "utf8");
  const own = withoutHandedOn(report, handedOnBy(entry));
  const kept = path.join("api", `${name}.api.md`);
  if (write) writeFileSync(kept, own);
  else if (!existsSync(kept) || readFileSync(kept, "utf8") !== own)
    problems.push(
      `${kept} is not what the package exports: run \`npm run api\`, read what changed, commit it`,
    );
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

/** What an entry exports of the packages that are bundled with it: names by package. */
function handedOnBy(entry) {
  const statements = readFileSync(entry, "utf8").matchAll(
    /^export (?:type )?\{([^}]*)\} from "\.[^"]*\bbundled\/(\w+)\/[^"]*";/gm,
  );
  const handedOn = new Map();
  for (const [, names, from] of statements) {
    const list = names.split(",").map((name) => name.replace(/^.*\bas\b|\btype\b/g, "").trim());
    // A package may hand on from several entries of core's.
    handedOn.set(from, [...(handedOn.get(from) ?? []), ...list.filter(Boolean)]);
  }
  return handedOn;
}

function withoutHandedOn(report, handedOn) {
  const names = new Set([...handedOn.values()].flat());
  const blocks = report.split("\n\n").filter((block) => {
    const [, symbol] =
      /^(?:export|declare) (?:\w+ )*?(?:class|const|function|interface|type) (\w+)/m.exec(block) ?? [];
    return !names.has(symbol);
  });
  const told = [...handedOn].map(([from, list]) => `// From @auth/${from}: ${list.toSorted().join(", ")}`);
  return blocks.join("\n\n").replace("```ts\n", `\`\`\`ts\n\n${told.join("\n")}`.trimEnd() + "\n");
}
