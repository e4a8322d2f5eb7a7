// Writes a package's declarations into dist/, laid out like its sources. Those of the workspace packages that it bundles
// go into a folder beside them (dist/bundled/core/): an `@auth/*` name left in them would lead a consumer's compiler to somebody
// else's library. They are not rolled up into one file per entry, so that all entries share one declaration of a type.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

const packages = path.join(import.meta.dirname, "../../packages");
const here = path.basename(process.cwd());
const emitted = path.join(process.cwd(), "node_modules/.cache/types");

// `@auth/core/node` → core/src/node.ts, for each entry of this package and of those that it bundles
const manifest = readManifest(here);
const own = entriesOf(here);
const bundled = Object.keys(manifest.devDependencies ?? {})
  .filter((name) => name.startsWith("@auth/"))
  .flatMap((name) => entriesOf(name.slice("@auth/".length)));
const sources = new Map([...own, ...bundled]);

rmSync(emitted, { recursive: true, force: true });
mkdirSync(emitted, { recursive: true });
writeFileSync(
  path.join(emitted, "tsconfig.json"),
  JSON.stringify({
    extends: path.join(packages, "../tsconfig.base.json"),
    compilerOptions: {
      noEmit: false,
      emitDeclarationOnly: true,
      stripInternal: true,
      rootDir: packages,
      outDir: emitted,
      // What is found through node_modules counts as external, and nothing is written for it.
      paths: Object.fromEntries(bundled.map(([name, source]) => [name, [path.join(packages, source)]])),
    },
    files: own.map(([, source]) => path.join(packages, source)),
  }),
);
execFileSync("tsc", ["-p", emitted], { stdio: "inherit" });

// From the entries on, only what is reached is copied.
const reached = new Set(own.map(([, source]) => source));
for (const source of reached) {
  const target = targetOf(source);
  const declarations = readFileSync(path.join(emitted, source.replace(/\.ts$/, ".d.ts")), "utf8");
  // A comment or a string is matched first, and stays as it is.
  // Before TypeScript 5.7 an array of bytes had no parameter. This is the same type there, and with one from then on.
  const forOlder = declarations.replaceAll("Uint8Array<ArrayBuffer>", 'ReturnType<Uint8Array["slice"]>');
  const rewritten = forOlder.replace(
    /\/\*[\s\S]*?\*\/|\/\/.*|((?:\bfrom|\bimport)\s*\(?\s*)"([^"]+)"|"(?:[^"\\]|\\.)*"/g,
    (match, before, specifier) => {
      const imported = specifier?.startsWith(".")
        ? path.posix.join(path.posix.dirname(source), specifier)
        : sources.get(specifier);
      if (imported === undefined) return match;
      reached.add(imported);
      const relative = path.posix.relative(path.posix.dirname(target), targetOf(imported));
      return `${before}"${relative.startsWith(".") ? relative : `./${relative}`}.js"`;
    },
  );
  const file = path.join("dist", `${target}.d.ts`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, rewritten);
}

function readManifest(folder) {
  return JSON.parse(readFileSync(path.join(packages, folder, "package.json"), "utf8"));
}

function entriesOf(folder) {
  const { name, exports } = readManifest(folder);
  return Object.entries(exports)
    .filter(([, target]) => typeof target === "object")
    .map(([subpath, target]) => [
      path.posix.join(name, subpath),
      path.posix.join(folder, target["@auth/source"]),
    ]);
}

/** core/src/sources/from-env.ts → bundled/core/sources/from-env; in core itself sources/from-env. */
function targetOf(source) {
  const [folder, , ...rest] = source.replace(/\.ts$/, "").split("/");
  return folder === here ? rest.join("/") : ["bundled", folder, ...rest].join("/");
}
