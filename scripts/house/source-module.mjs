// Which module of which package a file is: what the rules about imports ask.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

const foldersOf = (parent) =>
  existsSync(path.join(root, parent)) ? readdirSync(path.join(root, parent)) : [];

/** Names of the folders of packages/ that are providers. */
export const providers = foldersOf("packages").filter(
  (folder) => !["cli", "core", "testing"].includes(folder),
);

/** packages/core/src/sources/from-env.ts → the module `sources/from-env` of `core`, in `packages`. */
export function sourceModule(filename) {
  const relative = path.relative(root, filename).split(path.sep).join("/");
  const [, parent, folder, rest] = /^(packages|apps)\/([^/]+)\/src\/(.*)$/.exec(relative) ?? [];
  if (parent === undefined) return undefined;
  const module = rest.replace(/\.ts$/, "");
  return {
    path: filename,
    folderPath: path.dirname(filename),
    parent,
    folder,
    module,
    isTest: /\.test(-d)?$|^fixtures\//.test(module),
    declared: declarationOf(path.join(root, parent, folder)),
  };
}

const declarations = new Map();
function declarationOf(folder) {
  if (!declarations.has(folder)) declarations.set(folder, declaredIn(folder));
  return declarations.get(folder);
}

/**
 * What a package says of itself under `auth` in its package.json. `runsOn: "node"`: all of it touches the machine, and so it
 * runs on Node.js, Bun and Deno; the others run everywhere. `libraries`: what its sources may import beside core.
 */
export function declaredIn(folder) {
  const manifest = path.join(folder, "package.json");
  const { auth = {} } = existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")) : {};
  return { touchesMachine: auth.runsOn === "node", libraries: auth.libraries ?? [] };
}
