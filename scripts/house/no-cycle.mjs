import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

import { importRule } from "./import-rule.mjs";

// oxlint's own import/no-cycle follows neither import() nor import types, and its import rules read dist/, which a build
// may be writing at that moment.
export const noCycle = importRule((file, specifier) => {
  if (!specifier.startsWith(".")) return undefined;
  const cycle = wayBack(path.resolve(file.folderPath, specifier), file.path);
  return cycle && `Import cycle: ${[file.path, ...cycle].map((each) => path.basename(each)).join(" → ")}.`;
});

/** The chain of relative imports from one file to another, both included. */
function wayBack(from, to, seen = new Set()) {
  if (from === to) return [to];
  if (seen.has(from)) return undefined;
  seen.add(from);
  for (const next of relativeImports(from)) {
    const rest = wayBack(next, to, seen);
    if (rest) return [from, ...rest];
  }
  return undefined;
}

const importsRead = new Map();
function relativeImports(file) {
  if (!importsRead.has(file)) {
    const source = existsSync(file)
      ? readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")
      : "";
    const specifiers = source.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g);
    importsRead.set(
      file,
      Array.from(specifiers, ([, specifier]) => path.resolve(path.dirname(file), specifier)),
    );
  }
  return importsRead.get(file);
}
