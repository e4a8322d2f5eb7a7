// Packs a built package and uses the tarball as a consumer would, installed alone in an empty folder. Runs in the folder
// of the package. Programs in its e2e/ folder are compiled there, and e2e/quick-start.ts is run.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

import { declaredIn } from "../house/source-module.mjs";
import { commandProblems } from "./command-problems.ts";

const root = path.resolve(import.meta.dirname, "../..");
const workspace = readFileSync(path.join(root, "pnpm-workspace.yaml"), "utf8");
const consumer = mkdtempSync(path.join(tmpdir(), "check-package-"));
try {
  const { filename: tarball } = JSON.parse(run("pnpm", ["pack", "--json", "--pack-destination", consumer]));
  checkTarball(tarball);
  run(process.execPath, [path.join(import.meta.dirname, "api-report.mjs")]);
  writeFileSync(path.join(consumer, "package.json"), '{ "private": true, "type": "module" }\n');
  install(tarball);
  const installed = findInstalled();
  checkManifest(installed);
  checkLinks(installed);
  checkWhatLoads(installed);
  checkWhatBundlersSee(installed);
  checkEntries(installed);
  checkCommand(installed);
  checkQuickStart();
  checkTypes(installed);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(consumer, { recursive: true });
}

function checkTarball(tarball) {
  run("publint", ["run", tarball, "--strict"]);
  run(process.execPath, [path.join(import.meta.dirname, "check-types.mjs"), tarball]);
}

function findInstalled() {
  const names = readdirSync(path.join(consumer, "node_modules/@auth"));
  const { name } = JSON.parse(readFileSync("package.json", "utf8"));
  assert(
    names.join() === name.slice("@auth/".length),
    `installing ${name} alone also brought ${names.join(", ")}`,
  );
  const folder = path.join(consumer, "node_modules", name);
  return { folder, manifest: JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) };
}

function checkManifest({ manifest }) {
  for (const field of ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"])
    for (const name of Object.keys(manifest[field] ?? {}))
      assert(
        !name.startsWith("@auth/"),
        `${field} name ${name}, which is another library on the public registry`,
      );
  assert(
    !JSON.stringify(manifest).includes("@auth/source"),
    "the condition @auth/source leads to sources that are not packed",
  );
}

/** Whoever reads a page of the tarball finds what it links to in the tarball. */
function checkLinks({ folder }) {
  for (const page of globSync("{README,docs/*}.md", { cwd: folder })) {
    for (const [, link] of readFileSync(path.join(folder, page), "utf8").matchAll(
      /\]\((?!https?:|mailto:)([^)\s]+)\)/g,
    )) {
      const [target, anchor] = link.split("#");
      const file = path.resolve(folder, path.dirname(page), target || path.basename(page));
      assert(existsSync(file), `${page} links to ${link}, which is not in the tarball`);
      const headings = anchor === undefined ? "" : readFileSync(file, "utf8");
      const anchors = Array.from(headings.matchAll(/^#+ (.*)$/gm), ([, heading]) => anchorOf(heading));
      assert(
        anchor === undefined || anchors.includes(anchor),
        `${page} links to ${link}, and there is no such heading`,
      );
    }
  }
}

/** As GitHub and npm make it. */
function anchorOf(heading) {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

/** The main entry may import ky, and what touches the machine, only when they are needed; no other loads a test runner. */
function checkWhatLoads({ folder, manifest }) {
  const { exports, peerDependencies = {}, peerDependenciesMeta: optional = {} } = manifest;
  const required = Object.keys(peerDependencies).filter((name) => !optional[name]?.optional);
  for (const [subpath, { default: entry }] of Object.entries(exports)) {
    for (const [specifier, file] of entry === undefined ? [] : loadedAtOnce(path.join(folder, entry))) {
      const machine = isBuiltin(specifier) && declaredIn(process.cwd()).touchesMachine;
      assert(
        subpath === "." ? machine || required.includes(specifier) : !required.includes(specifier),
        `the entry ${subpath} loads ${specifier} at once (in ${path.basename(file)}), and not when it is first needed`,
      );
    }
  }
}

/** Bundlers look for what they see: the keychain's package may be absent, and a program that receives webhooks carries nothing of it. */
function checkWhatBundlersSee({ folder, manifest }) {
  for (const file of globSync("dist/**/*.js", { cwd: folder }))
    assert(
      !/(?:import|require)\("@napi-rs/.test(readFileSync(path.join(folder, file), "utf8")),
      `${file} names @napi-rs/keyring to bundlers, which fail where it is absent`,
    );
  const webhooks = manifest.exports["./webhooks"];
  if (webhooks === undefined) return;
  const text = readFileSync(path.join(folder, webhooks.default), "utf8");
  assert(
    !/^(?:import|export)\b[^;"]*"\.|import\("/m.test(text),
    "the entry ./webhooks has a file in common with others",
  );
}

/** What an entry and the files that it imports at once import from elsewhere: the specifiers, and where. */
function loadedAtOnce(entry) {
  const loaded = new Set([entry]);
  const found = [];
  for (const file of loaded) {
    const statements = readFileSync(file, "utf8").matchAll(/^(?:import|export)\b[^;"]*"([^"]+)";/gm);
    for (const [, specifier] of statements) {
      if (specifier.startsWith(".")) loaded.add(path.resolve(path.dirname(file), specifier));
      else found.push([specifier, file]);
    }
  }
  return found;
}

function checkEntries({ manifest }) {
  const imports = entryNames(manifest).map(
    (name) =>
      `if (((await import(${JSON.stringify(name)})).AuthError?.name ?? "AuthError") !== "AuthError") throw new Error("An AuthError of ${name} prints by another name.");`,
  );
  run(process.execPath, ["--input-type=module", "--eval", imports.join("\n")], consumer);
}

function checkCommand({ manifest: { name } }) {
  const [problem] = commandProblems({ name, consumer, node: process.execPath });
  assert(problem === undefined, problem);
}

function checkQuickStart() {
  if (existsSync("e2e")) cpSync("e2e", path.join(consumer, "e2e"), { recursive: true });
  if (existsSync("e2e/quick-start.ts"))
    process.stdout.write(run(process.execPath, ["e2e/quick-start.ts"], consumer));
}

/** With the library's declarations checked too, by the newest compiler and an older one, without undici and with it. */
function checkTypes({ folder, manifest }) {
  const names = entryNames(manifest);
  const withoutUndici = names.filter((name) => !name.endsWith("/undici"));

  install(`@types/node@${versionOf("@types/node")}`);
  compile("typescript", withoutUndici);
  install(`undici@${versionOf("undici")}`);
  for (const compiler of ["typescript", "typescript-5"])
    compile(compiler, names, existsSync("e2e") ? ["e2e"] : []);

  function compile(compiler, entries, include = []) {
    // Two providers bring a copy of core each, and one interceptor takes the auths of both: the copies must be alike.
    const copy = path.join(consumer, "node_modules/copy");
    cpSync(folder, copy, { recursive: true });
    writeFileSync(path.join(copy, "package.json"), JSON.stringify({ ...manifest, name: "copy" }));
    const source = entries.flatMap((name, index) => [
      `import * as entry${index} from "${name}";`,
      `import * as copy${index} from "${name.replace(manifest.name, "copy")}";`,
      `export const same${index}: typeof entry${index} = copy${index};`,
    ]);
    writeFileSync(path.join(consumer, "consumer.ts"), source.join("\n"));
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      target: "es2023",
      module: "nodenext",
      types: ["node"],
    };
    writeFileSync(
      path.join(consumer, "tsconfig.json"),
      JSON.stringify({ compilerOptions, include: ["consumer.ts", ...include] }),
    );
    run(process.execPath, [path.join(root, "node_modules", compiler, "bin/tsc"), "-p", consumer]);
  }
}

function entryNames({ name, exports }) {
  return Object.keys(exports)
    .filter((subpath) => subpath !== "./package.json")
    .map((subpath) => path.posix.join(name, subpath));
}

function versionOf(name) {
  return workspace
    .split("\n")
    .find((line) => line.trim().replaceAll('"', "").startsWith(`${name}: `))
    .split(": ")[1];
}

function install(what) {
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", what], consumer);
}

function run(file, args, cwd = process.cwd()) {
  try {
    return execFileSync(file, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  } catch (error) {
    throw new Error(`${error.stdout}\nThis failed: ${path.basename(file)} ${args.join(" ")}`, {
      cause: error,
    });
  }
}

function assert(condition, message) {
  if (!condition) throw new Error(`The packed package is not fit for a consumer: ${message}.`);
}
