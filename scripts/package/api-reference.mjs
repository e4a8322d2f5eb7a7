// Writes the reference of every public name to docs/api/, out of the sources and their doc comments. TypeDoc needs a compiler with an
// API, which TypeScript 7 is not, so both are fetched for this one run instead of being installed for everybody.
import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

const root = path.resolve(import.meta.dirname, "../..");
const output = path.join(root, "docs/api");
const temporary = path.join(root, "node_modules/.cache/api-reference");

rmSync(output, { recursive: true, force: true });
rmSync(temporary, { recursive: true, force: true });
// A page is named after its file: so that it is called `@auth/core/node`, and not packages/core/src/node, there is such a file.
const entries = globSync("packages/*/package.json", { cwd: root })
  .toSorted((a, b) => a.localeCompare(b))
  .flatMap((manifest) => {
    const { name, exports } = JSON.parse(readFileSync(path.join(root, manifest), "utf8"));
    return Object.entries(exports)
      .filter(([, target]) => typeof target === "object")
      .map(([entry, target]) => {
        const file = path.join(temporary, `${path.posix.join(name, entry)}.ts`);
        const source = path.join(root, path.dirname(manifest), target["@auth/source"]);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, `export * from ${JSON.stringify(source)};\n`);
        return file;
      });
  });

writeFileSync(
  path.join(temporary, "tsconfig.json"),
  JSON.stringify({
    extends: path.join(root, "tsconfig.base.json"),
    compilerOptions: { typeRoots: [path.join(root, "node_modules/@types")] },
    files: entries,
  }),
);
writeFileSync(
  path.join(temporary, "typedoc.json"),
  JSON.stringify({
    name: "auth-providers",
    readme: "none",
    out: output,
    tsconfig: path.join(temporary, "tsconfig.json"),
    entryPoints: entries,
    alwaysCreateEntryPointModule: true,
    basePath: temporary,
    displayBasePath: temporary,
    // That is what `npm run typecheck` is for.
    skipErrorChecking: true,
    // What is not exported is no name that anybody can look up.
    excludeExternals: true,
    excludeInternal: true,
    disableGit: true,
    disableSources: true,
    githubPages: false,
    validation: { notExported: true, invalidLink: true, notDocumented: false },
  }),
);
const packages = ["typedoc@0.28.20", "typescript@5.9.3"].flatMap((name) => ["--package", name]);
const flags = ["--options", path.join(temporary, "typedoc.json"), "--logLevel", "Warn"];
execFileSync("npx", ["--yes", ...packages, "typedoc", ...flags], { cwd: temporary, stdio: "inherit" });
process.stdout.write(`${path.relative(process.cwd(), output)}/index.html\n`);
