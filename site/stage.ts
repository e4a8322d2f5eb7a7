// Lays the repository's documents out as the pages of the site: a page for each error, each provider, each file that a page
// leads to. Links lead to pages; a link that leads nowhere ends the build.
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import process from "node:process";

const root = path.resolve(import.meta.dirname, "..");
const pages = path.join(import.meta.dirname, "pages");

/** Files of the repository that are a page, by path from the root. */
const pageOf = new Map<string, string>([
  ["README.md", "index.md"],
  ["SECURITY.md", "security.md"],
  ["CONTRIBUTING.md", "contributing.md"],
  ["docs/README.md", "documents.md"],
  ["docs/errors.md", "errors/index.md"],
  ["examples/README.md", "examples.md"],
  ["benchmarks/README.md", "benchmarks.md"],
  ["packages/core/README.md", "packages/core.md"],
  ["packages/testing/README.md", "packages/testing.md"],
]);
for (const file of globSync("docs/**/*.md", { cwd: root, exclude: ["docs/api/**"] }))
  if (!pageOf.has(file)) pageOf.set(file, file.slice("docs/".length));
for (const file of globSync("packages/*/README.md", { cwd: root }))
  if (!pageOf.has(file)) pageOf.set(file, `providers/${path.basename(path.dirname(file))}.md`);

/** Sources that a page leads to: each becomes a page that shows it. */
const sources = new Set<string>();

export interface SitePage {
  readonly link: string;
  readonly text: string;
}

/** Writes all pages. Gives those that the menu lists. */
export function stagePages(): {
  readonly providers: SitePage[];
  readonly errors: SitePage[];
  readonly decisions: SitePage[];
  readonly api: SitePage[];
} {
  rmSync(pages, { recursive: true, force: true });
  for (const [file, page] of pageOf) write(page, relinked(file, readFileSync(path.join(root, file), "utf8")));
  const errors = writeErrors();
  const api = writeReference();
  for (const source of sources) writeSource(source);
  const listed = (folder: string): SitePage[] =>
    [...pageOf.values()]
      .filter((page) => page.startsWith(`${folder}/`))
      .toSorted((a, b) => a.localeCompare(b))
      .map((page) => ({ link: linkTo(page), text: titleOf(page) }));
  return { providers: listed("providers"), errors, decisions: listed("decisions"), api };
}

/** Each code has a page of its own: `/errors/AUTH_TOKEN_REJECTED`. */
function writeErrors(): SitePage[] {
  const text = relinked("docs/errors.md", readFileSync(path.join(root, "docs/errors.md"), "utf8"));
  return text
    .split(/^(?=## )/m)
    .filter((section) => /^## AUTH_[A-Z_]+\n/.test(section))
    .map((section) => {
      const code = /^## (\S+)/.exec(section)?.[1] ?? "";
      write(
        `errors/${code}.md`,
        section
          .replace(/^## /, "# ")
          .replaceAll(/\]\(#(AUTH_\w+|auth_\w+)\)/gi, (_, to: string) => `](/errors/${to.toUpperCase()})`),
      );
      return { link: `/errors/${code}`, text: code };
    });
}

/** The reference of every exported name, from the sources and their doc comments. */
function writeReference(): SitePage[] {
  const names: SitePage[] = [];
  const temporary = path.join(import.meta.dirname, "node_modules/.cache/reference");
  rmSync(temporary, { recursive: true, force: true });
  const entries = globSync("packages/*/package.json", { cwd: root })
    // What a provider hands on of core's is described once: where it comes from.
    .toSorted((a, b) => Number(b.includes("/core/")) - Number(a.includes("/core/")) || a.localeCompare(b))
    .flatMap((manifest) => {
      const { name, exports = {} } = JSON.parse(readFileSync(path.join(root, manifest), "utf8")) as {
        name: string;
        exports?: Record<string, string | Record<string, string>>;
      };
      // The command exports nothing to a consumer.
      if (name === "@auth/cli") return [];
      return Object.entries(exports).flatMap(([entry, target]) => {
        if (typeof target === "string") return [];
        const file = path.join(temporary, `${path.posix.join(name, entry)}.ts`);
        const source = path.join(root, path.dirname(manifest), target["@auth/source"] ?? "");
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, `export * from ${JSON.stringify(source)};\n`);
        return [file];
      });
    });
  writeFileSync(
    path.join(temporary, "tsconfig.json"),
    JSON.stringify({
      extends: path.join(root, "tsconfig.base.json"),
      compilerOptions: { typeRoots: [path.join(root, "node_modules/@types")], ignoreDeprecations: "6.0" },
      files: entries,
    }),
  );
  const options = {
    name: "API",
    readme: "none",
    plugin: ["typedoc-plugin-markdown"],
    out: path.join(pages, "api"),
    tsconfig: path.join(temporary, "tsconfig.json"),
    entryPoints: entries,
    router: "module",
    alwaysCreateEntryPointModule: true,
    basePath: temporary,
    displayBasePath: temporary,
    skipErrorChecking: true,
    excludeExternals: true,
    excludeInternal: true,
    disableGit: true,
    disableSources: true,
    hidePageHeader: true,
    hideBreadcrumbs: true,
    entryFileName: "index",
    useHTMLAnchors: true,
    logLevel: "Error",
  };
  const file = path.join(temporary, "typedoc.json");
  writeFileSync(file, JSON.stringify(options));
  execFileSync(
    process.execPath,
    [path.join(import.meta.dirname, "node_modules/typedoc/bin/typedoc"), "--options", file],
    {
      cwd: temporary,
      stdio: "inherit",
    },
  );
  for (const page of globSync("api/**/*.md", { cwd: pages })) {
    const text = readFileSync(path.join(pages, page), "utf8");
    // It numbers some links as if there were a second heading of the name.
    const mended = text.replaceAll(
      /\]\(([^)#\s]*)#([\w-]+)-(\d+)\)/g,
      (whole, at: string, name: string, nth: string) => {
        const target = at === "" ? text : readFileSync(path.join(pages, path.dirname(page), at), "utf8");
        return target.includes(`id="${name}-${nth}"`) ? whole : `](${at}#${name})`;
      },
    );
    if (mended !== text) write(page, mended);
  }
  for (const page of globSync("api/**/*.md", { cwd: pages }).toSorted((a, b) => a.localeCompare(b)))
    if (page !== "api/index.md")
      names.push({
        link: linkTo(page),
        text: page.slice("api/".length, -".md".length).replace(/\/index$/, ""),
      });
  return [{ link: "/api/", text: "All packages" }, ...names];
}

function writeSource(source: string): void {
  const text = readFileSync(path.join(root, source), "utf8");
  const language = path.extname(source).slice(1) || "sh";
  write(
    sourcePage(source),
    `# ${source}\n\n${"`".repeat(4)}${language}\n${text.trimEnd()}\n${"`".repeat(4)}\n`,
  );
}

/** The document with links to pages in place of links to files. */
function relinked(file: string, text: string): string {
  const parts = text.split(/(^```[\s\S]*?^```)/m);
  return (
    parts
      .map((part, index) =>
        index % 2 === 1
          ? part
          : part.replaceAll(/(?<!!\[[^\]]*)\]\(([^)\s]+)\)/g, (whole, target: string) =>
              relink(file, whole, target),
            ),
      )
      .join("")
      .replaceAll(
        /(!\[[^\]]*\]\()([^)\s:]+)\)/g,
        (_, before: string, image: string) => `${before}${copiedImage(file, image)})`,
      )
      // VitePress would take these for its own.
      .replaceAll("{{", "&#123;&#123;")
  );
}

/** An image goes along as it is. */
function copiedImage(file: string, image: string): string {
  const from = path.posix.join(path.posix.dirname(file), image);
  mkdirSync(path.join(pages, "public"), { recursive: true });
  copyFileSync(path.join(root, from), path.join(pages, "public", path.basename(from)));
  return `/${path.basename(from)}`;
}

function relink(file: string, whole: string, target: string): string {
  if (/^(?:[a-z]+:|#)/i.test(target)) return whole;
  const [address = "", anchor] = target.split("#");
  const found = path.posix.normalize(path.posix.join(path.posix.dirname(file), address)).replace(/\/$/, "");
  const suffix = anchor === undefined ? "" : `#${anchor}`;
  const at = path.join(root, found);
  if (!existsSync(at)) throw new Error(`${file} leads to ${target}, which is not there.`);
  const readme = path.posix.join(found, "README.md");
  const page = pageOf.get(found) ?? (statSync(at).isDirectory() ? pageOf.get(readme) : undefined);
  if (page !== undefined) return `](${linkTo(page)}${suffix})`;
  if (statSync(at).isDirectory()) return `](${linkTo(folderPage(found))})`;
  sources.add(found);
  return `](${linkTo(sourcePage(found))})`;
}

/** A folder has a page that lists its files. */
function folderPage(folder: string): string {
  const page = `source/${folder}/index.md`;
  const files = execFileSync("git", ["ls-files", folder], { cwd: root, encoding: "utf8" })
    .trim()
    .split("\n")
    .filter((file) => file !== "");
  const rows = files.slice(0, 200).map((file) => {
    if (!/\.(?:ts|mts|mjs|md|json|yml|yaml|sh)$/.test(file)) return `- ${file}`;
    if (!pageOf.has(file)) sources.add(file);
    return `- [${file}](${linkTo(pageOf.get(file) ?? sourcePage(file))})`;
  });
  write(page, `# ${folder}\n\n${rows.join("\n")}\n`);
  return page;
}

function sourcePage(source: string): string {
  // VitePress makes an index of a README.
  return `source/${source.replace(/\.md$/, "-md")}.md`;
}

function linkTo(page: string): string {
  return `/${page.replace(/(?:^|(?<=\/))index\.md$/, "").replace(/\.md$/, "")}`;
}

function titleOf(page: string): string {
  return /^# (.*)$/m.exec(readFileSync(path.join(pages, page), "utf8"))?.[1]?.replaceAll("`", "") ?? page;
}

function write(page: string, text: string): void {
  const file = path.join(pages, page);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
