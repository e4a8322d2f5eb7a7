import { globSync, readFileSync } from "node:fs";
import path from "node:path";

/** A page that somebody wrote. */
export interface Document {
  /** Its path from the root: `packages/pylon/README.md`. */
  readonly file: string;
  readonly text: string;
}

const patterns = [
  "*.md",
  "{benchmarks,examples}/*.md",
  "examples/recipes/**/*.md",
  "docs/**/*.md",
  "packages/*/README.md",
];

/** All documents of the repository, without the pages that are generated. */
export function readDocuments(root: string): Document[] {
  return globSync(patterns, { cwd: root, exclude: ["docs/api/**"] })
    .toSorted()
    .map((file) => ({ file, text: readFileSync(path.join(root, file), "utf8") }));
}
