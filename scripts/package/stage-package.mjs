// Lays out what goes into the tarball, in package/ beside dist/: `publishConfig.directory` in the manifest leads there. The README of the
// repository links to pages and examples of the repository; here those are copied beside it, and the links lead to the copies.
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import process from "node:process";

const root = path.resolve(import.meta.dirname, "../..");
const here = process.cwd();
const staged = path.join(here, "package");
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const id = manifest.name.slice("@auth/".length);

rmSync(staged, { recursive: true, force: true });
mkdirSync(staged);
cpSync("dist", path.join(staged, "dist"), { recursive: true });
writeLicence();
if (existsSync("CHANGELOG.md")) cpSync("CHANGELOG.md", path.join(staged, "CHANGELOG.md"));
writeManifests();
writePages();

/** Ours, and below it those of the packages whose code is in dist/: they ask to be handed on with every copy. */
function writeLicence() {
  const folders = new Map();
  for (const map of globSync("dist/**/*.js.map"))
    for (const source of JSON.parse(readFileSync(map, "utf8")).sources) {
      const file = path.resolve(path.dirname(map), source).split(path.sep).join("/");
      const [folder, name] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
      if (name !== undefined) folders.set(name, folder);
    }
  const texts = [readFileSync(path.join(root, "LICENSE"), "utf8")];
  for (const [name, folder] of [...folders].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const [licence] = readdirSync(folder).filter((file) => /^licen[cs]e/i.test(file));
    if (licence === undefined) throw new Error(`${name} is bundled, and has no file with its licence.`);
    texts.push(
      `${"-".repeat(80)}\n\ndist/ holds code of ${name}:\n`,
      readFileSync(path.join(folder, licence), "utf8"),
    );
  }
  write("LICENSE", texts.map((text) => text.trim()).join("\n\n"));
}

/** The manifest, and one in a folder for each further entry, for what knows no `exports`: TypeScript's node10, Parcel, older linters. */
function writeManifests() {
  const { directory: _, linkDirectory: __, ...publishConfig } = manifest.publishConfig ?? {};
  write("package.json", JSON.stringify({ ...manifest, publishConfig }, undefined, 2));
  for (const [entry, target] of Object.entries(manifest.exports)) {
    if (entry === "." || typeof target === "string") continue;
    const folder = entry.slice("./".length);
    const up = (file) => path.posix.relative(folder, file);
    const proxy = { type: "module", main: up(target.default), types: up(target.types) };
    write(`${folder}/package.json`, JSON.stringify(proxy, undefined, 2));
  }
}

/** The README, what it links to, and what concerns every consumer or this provider. A link to anything else becomes its text. */
function writePages() {
  const isProvider = existsSync(`src/${id}.ts`);
  const pages = new Map([["README.md", path.join(here, "README.md")]]);
  const add = (file) => pages.set(path.relative(root, file).split(path.sep).join("/"), file);
  const wanted = isProvider
    ? ["errors", "recipes", "auth", "bundlers-and-compilers", id]
    : ["errors", "auth"];
  for (const name of wanted) {
    const file = path.join(root, `docs/${name}.md`);
    if (existsSync(file)) add(file);
  }
  if (isProvider) {
    for (const file of globSync("examples/{*,recipes/*}.{ts,yml,yaml}", { cwd: root })) {
      const text = readFileSync(path.join(root, file), "utf8");
      if (!file.endsWith(".test.ts") && new RegExp(`@auth/${id}\\b`).test(text)) add(path.join(root, file));
    }
    // Of another provider, and shown to this one's users all the same.
    for (const link of linksOf(readFileSync("README.md", "utf8"))) {
      const file = path.resolve(here, link.split("#", 1)[0]);
      if (file.startsWith(path.join(root, "examples/")) && existsSync(file)) add(file);
    }
  }
  const places = new Map([...pages].map(([place, file]) => [file, place]));
  for (const [place, file] of pages) {
    const text = readFileSync(file, "utf8");
    write(place, place.endsWith(".md") ? relinked(text, file, place, places) : text);
  }
}

function relinked(text, file, place, places) {
  return text.replaceAll(
    /(!?)\[((?:[^\][]|\[[^\]]*\])*)\]\((?!https?:|mailto:|#)([^)\s]+)\)/g,
    (_, image, shown, link) => {
      const [target, anchor] = link.split("#");
      const copied = places.get(path.resolve(path.dirname(file), target));
      if (copied === undefined) return shown;
      const relative = path.posix.relative(path.posix.dirname(place), copied) || path.posix.basename(copied);
      return `${image}[${shown}](${relative}${anchor === undefined ? "" : `#${anchor}`})`;
    },
  );
}

function linksOf(text) {
  return [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)\s]+)\)/g)].map(([, link]) => link);
}

function write(place, text) {
  const file = path.join(staged, place);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text.endsWith("\n") ? text : `${text}\n`);
}
