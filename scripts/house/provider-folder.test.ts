// The rules of the house that no lint rule sees: a provider's folder, its manifest, its README, and its doc comments. Directions
// of imports are lint rules (scripts/house/import-directions.mjs).
import { globSync, readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import {
  layoutProblems,
  listingProblems,
  manifestProblems,
  type ProviderFolder,
  readmeProblems,
  readProviderFolder,
  undocumentedExports,
} from "./provider-folder.ts";

const rootReadme = readFileSync(path.join(import.meta.dirname, "../../README.md"), "utf8");
const packages = path.join(import.meta.dirname, "../../packages");
const folders = globSync("*/package.json", { cwd: packages }).map((manifest) =>
  readProviderFolder(path.dirname(path.join(packages, manifest))),
);
const providers = folders.filter(({ id }) => !["cli", "core", "testing"].includes(id));

describe.each(providers)("packages/$id", (provider) => {
  it("has the files that every provider has", () => {
    expect(layoutProblems(provider)).toEqual([]);
  });

  it("has a manifest like the others", () => {
    expect(manifestProblems(provider)).toEqual([]);
  });

  it("is listed in the root README", () => {
    expect(listingProblems(provider, rootReadme)).toEqual([]);
  });

  it("has a README like the others", () => {
    expect(readmeProblems(provider)).toEqual([]);
  });
});

// The command goes out in the providers, and exports nothing to a consumer.
it.each(folders.filter(({ id }) => id !== "cli"))("packages/$id documents what it exports", ({ reports }) => {
  expect(Object.keys(reports)).not.toEqual([]);
  expect(undocumentedExports(reports)).toEqual([]);
});

describe("finds", () => {
  const target = (module: string) => ({
    "@auth/source": `./src/${module}.ts`,
    types: `./dist/${module}.d.ts`,
    default: `./dist/${module}.js`,
  });
  const reversed = (entry: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(entry).toReversed());
  const readme = [
    "# @auth/acme",
    "The package is not on the public npm registry.",
    ...["Token", "Origins", "Verify", "Errors", "Limits", "With ky / undici", "Testing"].map(
      (heading) => `\n## ${heading}`,
    ),
    "```sh\n## no heading\n```",
  ].join("\n");
  const acme: ProviderFolder = {
    id: "acme",
    files: [
      "README.md",
      "tsconfig.json",
      "e2e/quick-start.ts",
      ...["index", "acme", "undici", "testing/index", "conformance.test"].map((module) => `src/${module}.ts`),
    ],
    manifest: {
      name: "@auth/acme",
      type: "module",
      sideEffects: false,
      files: ["dist", "docs", "examples", "*/package.json"],
      keywords: ["acme", "auth", "api-token"],
      main: "./dist/index.js",
      types: "./dist/index.d.ts",
      publishConfig: { access: "public", directory: "package" },
      exports: {
        ".": target("index"),
        "./undici": target("undici"),
        "./testing": target("testing/index"),
        "./package.json": "./package.json",
      },
      dependencies: { ky: "catalog:" },
      peerDependencies: { undici: "*" },
      peerDependenciesMeta: { undici: { optional: true } },
      devDependencies: { "@auth/core": "workspace:*" },
    },
    readme,
    definition: 'defineProvider({ id: "acme" })',
    reports: { index: "", undici: "", testing: "" },
  };
  const { manifest } = acme;
  const { exports = {} } = manifest;
  const withoutTesting = Object.fromEntries(
    Object.entries(exports).filter(([entry]) => entry !== "./testing"),
  );

  it("nothing in a folder that is as it should be", () => {
    expect([...layoutProblems(acme), ...manifestProblems(acme), ...readmeProblems(acme)]).toEqual([]);
  });

  it.each<[what: string, folder: Partial<ProviderFolder>, problem: string]>([
    ["a missing file", { files: acme.files.slice(1) }, "README.md is missing"],
    ["no conformance test", { files: acme.files.slice(0, -1) }, "src/conformance.test.ts is missing"],
    ["another id than the folder's", { definition: 'id: "acne"' }, 'no provider with the id "acme"'],
    [
      "a file in another case",
      { files: [...acme.files, "src/theToken.ts"] },
      "src/theToken.ts is not in kebab",
    ],
    [
      "a folder in another case",
      { files: [...acme.files, "src/Parts/a.ts"] },
      "src/Parts/a.ts is not in kebab",
    ],
  ])("%s", (_, folder, problem) => {
    expect(layoutProblems({ ...acme, ...folder })).toEqual([expect.stringContaining(problem)]);
  });

  it.each<[what: string, manifest: Partial<ProviderFolder["manifest"]>, problem: string]>([
    ["another name", { name: "@auth/acme-provider" }, "The name is not @auth/acme"],
    ["CommonJS", { type: "commonjs" }, '"type" is not'],
    ["side effects", { sideEffects: true }, '"sideEffects" is not false'],
    ["a package without its build", { files: ["src"] }, '"files" does not name dist'],
    ["a tarball of another folder", { publishConfig: { access: "public" } }, '"directory": "package"'],
    ["a package that nobody finds", { keywords: ["acme"] }, '"keywords" has not three'],
    ["a package for new tools alone", { main: "./index.js" }, '"main" and "types" are not'],
    ["a peer of one version", { peerDependencies: { undici: ">=8" } }, "could not install beside another"],
    ["a peer for everybody", { peerDependenciesMeta: {} }, "The peer undici is not optional"],
    ["a missing entry", { exports: withoutTesting }, '"exports" has no ./testing'],
    ["core as a dependency", { peerDependencies: { "@auth/core": "^1" } }, "another library on the public"],
    ["another dependency", { dependencies: { got: "catalog:" } }, "gets ky and nothing else"],
    ["a version outside the catalog", { dependencies: { ky: "^2.1.0" } }, "belongs in the catalog"],
    [
      "an entry with other files",
      { exports: { ...exports, ".": { ...target("index"), types: "./dist/other.d.ts" } } },
      "other files than its source",
    ],
    [
      "an entry in another order",
      { exports: { ...exports, ".": reversed(target("index")) } },
      "in another order",
    ],
    ["an entry without a report", { exports: { ...exports, "./more": target("more") } }, "no API report"],
  ])("%s", (_, changed, problem) => {
    expect(manifestProblems({ ...acme, manifest: { ...manifest, ...changed } })).toEqual([
      expect.stringContaining(problem),
    ]);
  });

  it.each<[what: string, text: string, problem: string]>([
    ["another title", readme.replace("@auth/acme", "Acme"), "The README's title"],
    ["a missing heading", readme.replace("## Verify", "## Check"), 'no heading "Verify"'],
    ["another end", `${readme}\n## Licence`, "does not begin with"],
    ["a silent beginning", readme.replace("not on", "on"), "first lines"],
    ["a long page", readme + "\nmore".repeat(150), "150 are the most"],
  ])("a README with %s", (_, text, problem) => {
    expect(readmeProblems({ ...acme, readme: text })).toEqual([expect.stringContaining(problem)]);
  });

  it("a provider that the root README leaves out", () => {
    expect(listingProblems(acme, "| [`@auth/acme`](packages/acme) | Acme |")).toEqual([]);
    expect(listingProblems(acme, "| [`@auth/acme-mail`](packages/acme-mail) |")).toEqual([
      expect.stringContaining("has no row for"),
    ]);
  });

  it("an export without a doc comment", () => {
    const report = [
      "// @public (undocumented)\nexport interface Found {\n    // (undocumented)\n    readonly value: string;\n}",
      "// @public\nexport const fromEnv: () => void;",
      "// @public @deprecated (undocumented)\nexport declare abstract class Old {}",
    ].join("\n\n");
    expect(undocumentedExports({ index: report })).toEqual(["index: Found", "index: Old"]);
  });
});
