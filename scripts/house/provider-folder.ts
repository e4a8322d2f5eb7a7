import { globSync, readFileSync } from "node:fs";
import path from "node:path";

/** What of a provider's folder the house has rules for. */
export interface ProviderFolder {
  /** Name of the folder, which is the provider's id. */
  readonly id: string;
  /** Paths of all files, from the folder: `src/index.ts`. */
  readonly files: readonly string[];
  readonly manifest: Manifest;
  readonly readme: string;
  /** The text of `src/<id>.ts`. */
  readonly definition: string;
  /** The API reports by name: `index`, `undici`. */
  readonly reports: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly name?: string;
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly files?: readonly string[];
  readonly keywords?: readonly string[];
  readonly main?: string;
  readonly types?: string;
  readonly publishConfig?: Readonly<Record<string, unknown>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const requiredFiles = [
  "README.md",
  "tsconfig.json",
  "src/index.ts",
  "src/undici.ts",
  "src/testing/index.ts",
  "src/conformance.test.ts",
  "e2e/quick-start.ts",
];
/** What scripts/package/stage-package.mjs lays out, beside the README and the manifest. */
const packedFolders = ["dist", "docs", "examples", "*/package.json"];
const requiredEntries = [".", "./undici", "./testing", "./package.json"];

/** What who has read one provider's README looks for in the next one, from the first to the last. */
const headings = ["Token", "Origins", "Verify", "Errors", "With ky / undici", "Testing"];
const longestReadme = 150;

export function readProviderFolder(folder: string): ProviderFolder {
  const id = path.basename(folder);
  const read = (file: string): string => readFileSync(path.join(folder, file), "utf8");
  const files = globSync("**/*", {
    cwd: folder,
    exclude: (name) => /^(node_modules|dist|\.turbo)$/.test(name),
  });
  const reports = files.filter((file) => /^api\/.*\.api\.md$/.test(file));
  return {
    id,
    files,
    manifest: JSON.parse(read("package.json")) as Manifest,
    readme: files.includes("README.md") ? read("README.md") : "",
    definition: files.includes(`src/${id}.ts`) ? read(`src/${id}.ts`) : "",
    reports: Object.fromEntries(reports.map((report) => [path.basename(report, ".api.md"), read(report)])),
  };
}

/** What keeps a folder from being a provider like the others, each as a sentence with the way to mend it. */
export function layoutProblems({ id, files, definition }: ProviderFolder): string[] {
  const missing = [...requiredFiles, `src/${id}.ts`].filter((file) => !files.includes(file));
  return [
    ...missing.map((file) => `${file} is missing: every provider has one.`),
    ...(definition === "" || definition.includes(`id: "${id}"`)
      ? []
      : [`src/${id}.ts defines no provider with the id "${id}": the folder is named after the id.`]),
    ...files
      .filter((file) => file.startsWith("src/"))
      .filter((file) => !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)+[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z-]+)*$/.test(file))
      .map((file) => `${file} is not in kebab-case.`),
  ];
}

/** Whether who comes to the repository finds the provider. */
export function listingProblems({ id }: ProviderFolder, rootReadme: string): string[] {
  return rootReadme.includes(`| [\`@auth/${id}\`](packages/${id})`)
    ? []
    : [`The table of providers in the root README has no row for [\`@auth/${id}\`](packages/${id}).`];
}

/** What would make the packed package differ from the others. */
export function manifestProblems({ id, manifest, reports }: ProviderFolder): string[] {
  const problems: string[] = [];
  const { exports = {} } = manifest;
  if (manifest.name !== `@auth/${id}`) problems.push(`The name is not @auth/${id}, after the folder.`);
  if (manifest.type !== "module") problems.push('"type" is not "module".');
  if (manifest.sideEffects !== false)
    problems.push('"sideEffects" is not false: bundlers then keep what nobody uses.');
  const unnamed = packedFolders.filter((file) => !manifest.files?.includes(file));
  if (unnamed.length > 0) problems.push(`"files" does not name ${unnamed.join(", ")}.`);
  if (manifest.publishConfig?.["directory"] !== "package")
    problems.push(
      '"publishConfig" does not say "directory": "package", where the build lays out the tarball.',
    );
  if ((manifest.keywords ?? []).length < 3) problems.push('"keywords" has not three words to be found by.');
  if (manifest.main !== "./dist/index.js" || manifest.types !== "./dist/index.d.ts")
    problems.push(
      '"main" and "types" are not ./dist/index.js and ./dist/index.d.ts, for tools that know no "exports".',
    );
  for (const [name, range] of Object.entries(manifest.peerDependencies ?? {}))
    if (
      !name.startsWith("@auth/") &&
      (range !== "*" || manifest.peerDependenciesMeta?.[name]?.optional !== true)
    )
      problems.push(
        `The peer ${name} is not optional, or not "*": who uses no entry that needs it could not install beside another version. Say what is needed at its first use.`,
      );

  for (const entry of requiredEntries) if (!(entry in exports)) problems.push(`"exports" has no ${entry}.`);
  for (const [entry, target] of Object.entries(exports)) {
    if (typeof target === "string") continue;
    const [, module] = /^\.\/src\/(.*)\.ts$/.exec(target["@auth/source"] ?? "") ?? [];
    const expected = {
      "@auth/source": `./src/${module}.ts`,
      types: `./dist/${module}.d.ts`,
      default: `./dist/${module}.js`,
    };
    // The order counts: the first condition that fits is taken.
    if (JSON.stringify(target) !== JSON.stringify(expected))
      problems.push(
        `"exports" leads ${entry} to other files than its source, or in another order: write ${JSON.stringify(expected)}.`,
      );
    const report = (module ?? "").replace(/(?<=.)\/index$/, "").replaceAll("/", "-");
    if (!(report in reports)) problems.push(`${entry} has no API report: run npm run api.`);
  }

  for (const field of ["dependencies", "peerDependencies", "optionalDependencies"] as const)
    for (const name of Object.keys(manifest[field] ?? {}))
      if (name.startsWith("@auth/"))
        problems.push(
          `"${field}" names ${name}, which is another library on the public registry: bundle it.`,
        );
  for (const name of Object.keys(manifest.dependencies ?? {}))
    if (name !== "ky")
      problems.push(`"dependencies" names ${name}: who installs a provider gets ky and nothing else.`);
  for (const [name, range] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))
    if (!/^(?:workspace|catalog):/.test(range))
      problems.push(`${name} is "${range}": its version belongs in the catalog.`);
  return problems;
}

/** What a reader who knows another provider would not find in this one's README. */
export function readmeProblems({ id, readme }: ProviderFolder): string[] {
  const problems: string[] = [];
  const lines = readme.trimEnd().split("\n");
  const prose = readme.replaceAll(/^```.*?^```$/gms, "");
  const [title, ...own] = Array.from(prose.matchAll(/^#{1,2} (.*)$/gm), ([, heading = ""]) => heading);
  if (title !== `@auth/${id}`) problems.push(`The README's title is not @auth/${id}.`);
  for (const heading of headings)
    if (!own.includes(heading)) problems.push(`The README has no heading "${heading}".`);
  // Between these two, each provider tells its own things in its own order.
  if (own[0] !== headings[0] || own.at(-1) !== headings.at(-1))
    problems.push(`The README does not begin with "${headings[0]}" and end with "${headings.at(-1)}".`);
  const beginning = prose.slice(0, prose.indexOf("\n## "));
  if (!beginning.includes("not on the public npm registry"))
    problems.push("The README's first lines do not say that the package is not on the public npm registry.");
  if (lines.length > longestReadme)
    problems.push(
      `The README has ${lines.length} lines, and ${longestReadme} are the most: move the rest to docs/.`,
    );
  return problems;
}

/** The exports of a package's API reports that have no doc comment. Members speak for themselves. */
export function undocumentedExports(reports: Readonly<Record<string, string>>): string[] {
  return Object.entries(reports).flatMap(([entry, report]) =>
    Array.from(
      report.matchAll(
        /^\/\/ @\w+ .*\(undocumented\)\nexport (?:\w+ )*?(?:class|const|function|interface|type) (\w+)/gm,
      ),
      ([, name]) => `${entry}: ${name}`,
    ),
  );
}
