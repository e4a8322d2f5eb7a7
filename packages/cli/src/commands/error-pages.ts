import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** The page of an error. */
export interface ErrorPage {
  readonly code: string;
  /** Markdown, without the heading. */
  readonly text: string;
}

/** The pages of `docs/errors.md`, which goes out with each provider package. */
export function errorPages(): readonly ErrorPage[] {
  const sections = readFileSync(documentPath("errors.md"), "utf8").split(/^## /m);
  return sections.flatMap((section) => {
    const [heading = "", ...rest] = section.split("\n");
    return /^AUTH_[A-Z_]+$/.test(heading) ? [{ code: heading, text: rest.join("\n").trim() }] : [];
  });
}

/** The nearest folder `docs` above this file: that of the package, and in the repository that of all. */
function documentPath(name: string): string {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const file = path.join(folder, "docs", name);
    if (existsSync(file)) return file;
    if (folder === path.dirname(folder)) throw new Error(`The package has no docs/${name}.`);
  }
}
