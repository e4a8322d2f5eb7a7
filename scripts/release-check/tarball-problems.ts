// What a package's tarball must hold, and must not.
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

export interface Packed {
  readonly manifest: PackedManifest;
  readonly packedBytes: number;
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly text: string }[];
}

interface PackedManifest {
  readonly name: string;
  readonly version: string;
  readonly [field: string]: unknown;
}

interface SizeBudget {
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly files: number;
}

/**
 * What a provider may weigh. About half is the command (commander, the prompts) and half the library, source maps included,
 * which are two thirds of each; pages and examples for whoever reads the package offline are less than a twentieth. The
 * command is loaded by its `bin` alone. About a quarter above the heaviest provider when it was set.
 */
const usualBudget: SizeBudget = { packedBytes: 640_000, unpackedBytes: 2_380_000, files: 205 };

/** For those that differ: about a quarter above what the package weighed when they were set. */
const budgets: Readonly<Record<string, SizeBudget>> = {
  "@auth/core": { packedBytes: 335_000, unpackedBytes: 1_190_000, files: 130 },
  "@auth/testing": { packedBytes: 115_000, unpackedBytes: 420_000, files: 77 },
  // Its documented API is the widest, and its fake service the largest.
  "@auth/dnanexus": { packedBytes: 735_000, unpackedBytes: 2_730_000, files: 208 },
};

const dependencyFields = [
  "dependencies",
  "devDependencies",
  "peerDependencies",
  "optionalDependencies",
  "bundleDependencies",
];

/** Names of folders and files that only the repository needs, wherever they lie. */
const ofTheRepository =
  /(?:^|\/)(?:src|e2e|api|fixtures?|__\w+__|node_modules|\.[^/]+)(?:\/|$)|\.(?:test|test-d|setup|config)\./;
const belongs =
  /^(?:(?:[a-z-]+\/)?package\.json|README\.md|CHANGELOG\.md|LICENSE|dist\/.+\.(?:js|js\.map|d\.ts)|docs\/[a-z-]+\.md|examples\/.+\.(?:ts|ya?ml))$/;

const secrets: readonly [what: string, pattern: RegExp][] = [
  ["a token of the tests", /canary-[a-z]+-[0-9a-f]{16}/],
  ["a token of npm", /\bnpm_[A-Za-z0-9]{36}\b|:_authToken=\S/],
  // Not the sentence that tells a user to include that line: words go on after it, and never a key.
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----(?! [a-z]+[ ,.])/],
];

/** Reads a tarball that was unpacked into `folder`. */
export function readPacked(tarball: string, folder: string): Packed {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const text = readFileSync(file, "utf8");
      const relative = path.relative(folder, file).split(path.sep).join("/");
      return { path: relative, bytes: statSync(file).size, text };
    });
  const manifest = JSON.parse(
    files.find((file) => file.path === "package.json")?.text ?? "{}",
  ) as PackedManifest;
  return { manifest, packedBytes: statSync(tarball).size, files };
}

/** One sentence for each thing that is wrong. `checkout` is the folder in which the package was built. */
export function tarballProblems(packed: Packed, checkout: string): readonly string[] {
  return [
    ...fileProblems(packed),
    ...contentProblems(packed, checkout),
    ...licenceProblems(packed),
    ...manifestProblems(packed.manifest),
    ...sizeProblems(packed),
  ].map((problem) => `${packed.manifest.name}: ${problem}`);
}

export function weigh({ packedBytes, files }: Packed): SizeBudget {
  return {
    packedBytes,
    unpackedBytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    files: files.length,
  };
}

function fileProblems({ files }: Packed): string[] {
  const paths = files.map((file) => file.path);
  const missing = ["package.json", "README.md", "CHANGELOG.md", "LICENSE"].filter(
    (file) => !paths.includes(file),
  );
  const strange = paths.filter((file) => !belongs.test(file) || ofTheRepository.test(file));
  return [
    ...missing.map((file) => `${file} is missing from the tarball.`),
    ...strange
      .slice(0, 3)
      .map((file) => `${file} is in the tarball, and no consumer needs it. See "files" in package.json.`),
    ...(strange.length > 3 ? [`${strange.length - 3} more files are there that no consumer needs.`] : []),
  ];
}

function contentProblems({ files }: Packed, checkout: string): string[] {
  return files.flatMap((file) => [
    ...secrets
      .filter(([, pattern]) => pattern.test(file.text))
      .map(([what]) => `${file.path} holds ${what}.`),
    ...(file.text.includes(checkout) ? [`${file.path} names the folder in which it was built.`] : []),
  ]);
}

/** The source maps tell whose code was bundled, and its licence must come with it. */
function licenceProblems({ files }: Packed): string[] {
  const licence = files.find((file) => file.path === "LICENSE")?.text ?? "";
  const bundled = new Set(
    files
      .filter((file) => file.path.endsWith(".js.map"))
      .flatMap((file) => (JSON.parse(file.text) as { sources: string[] }).sources)
      .flatMap((source) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []),
  );
  return [...bundled]
    .filter((name) => !licence.includes(`code of ${name}:\n`))
    .map((name) => `it holds code of ${name}, and LICENSE does not hold its licence.`);
}

function manifestProblems(manifest: PackedManifest): string[] {
  const problems: string[] = [];
  for (const field of dependencyFields)
    for (const [name, range] of Object.entries((manifest[field] ?? {}) as Record<string, string>)) {
      if (name.startsWith("@auth/"))
        problems.push(`${field} name ${name}, which is another library on the public registry. Bundle it.`);
      else if (/^(?:workspace|catalog|link|file):/.test(range))
        problems.push(`${field} ask for ${name} ${range}, which means nothing outside the repository.`);
    }
  if (manifest["private"] === true) problems.push("it is private and must not be published.");
  if (manifest["scripts"] !== undefined)
    problems.push("the manifest has scripts: no package of ours runs anything when it is installed.");
  if (JSON.stringify(manifest).includes("@auth/source"))
    problems.push("the condition @auth/source leads to sources that are not packed.");
  for (const field of ["description", "license", "engines", "exports"])
    if (manifest[field] === undefined) problems.push(`the manifest has no ${field}.`);
  if (!/^\d+\.\d+\.\d+/.test(manifest.version) || manifest.version === "0.0.0")
    problems.push(`its version is ${manifest.version}. Describe the release with npm run changeset.`);
  return problems;
}

function sizeProblems(packed: Packed): string[] {
  const budget = budgets[packed.manifest.name] ?? usualBudget;
  const weight = weigh(packed);
  const measures = [
    ["packedBytes", "bytes packed"],
    ["unpackedBytes", "bytes unpacked"],
    ["files", "files"],
  ] as const;
  return measures
    .filter(([measure]) => weight[measure] > budget[measure])
    .map(([measure, unit]) => `${weight[measure]} ${unit}, and the budget is ${budget[measure]}.`);
}
