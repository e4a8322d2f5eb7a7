import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";

import { type Packed, readPacked, tarballProblems } from "./tarball-problems.ts";

const checkout = "/home/maintainer/auth-providers";
const manifest = {
  name: "@auth/acme",
  version: "1.2.0",
  description: "Acme API tokens",
  license: "MIT",
  exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
  dependencies: { ky: "^2.1.0" },
  engines: { node: ">=22.19" },
};

it("finds nothing wrong with a package that is fit for a consumer", () => {
  expect(problems({})).toEqual([]);
});

it.each([
  ["dist/index.test.js"],
  ["dist/fixtures/answer.js"],
  ["src/index.ts"],
  ["e2e/quick-start.ts"],
  ["api/index.api.md"],
  ["dist/tsconfig.tsbuildinfo"],
  ["tsup.config.ts"],
  [".env"],
])("finds %s, which only the repository needs", (file) => {
  expect(problems({ files: { [file]: "" } })).toEqual([
    `@auth/acme: ${file} is in the tarball, and no consumer needs it. See "files" in package.json.`,
  ]);
});

it("names only the first of many such files", () => {
  const files = Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [`src/${name}.ts`, ""]));
  expect(problems({ files })).toHaveLength(4);
  expect(problems({ files }).at(-1)).toBe("@auth/acme: 2 more files are there that no consumer needs.");
});

it("lets a package's fake service in, which consumers test with", () => {
  expect(problems({ files: { "dist/testing/index.js": "", "dist/testing/index.d.ts": "" } })).toEqual([]);
});

it.each(["README.md", "CHANGELOG.md", "LICENSE"])("misses the %s", (file) => {
  const { files, ...packed } = fit();
  const rest = files.filter((each) => each.path !== file);
  expect(tarballProblems({ ...packed, files: rest }, checkout)).toEqual([
    `@auth/acme: ${file} is missing from the tarball.`,
  ]);
});

it.each([
  ["a token of the tests", ["canary", "acme", "0123456789abcdef"].join("-")],
  ["a token of npm", `npm_${"a1".repeat(18)}`],
  ["a token of npm", "//registry.example/:_authToken=s"],
  ["a private key", "-----BEGIN RSA PRIVATE KEY-----"],
])("finds %s, and does not repeat it", (what, secret) => {
  const found = problems({ files: { "dist/index.js": `const x = "${secret}";` } });
  expect(found).toEqual([`@auth/acme: dist/index.js holds ${what}.`]);
});

it("takes a sentence that names the first line of a private key for a sentence, and a key in one line for a key", () => {
  const line = "-----BEGIN RSA PRIVATE KEY-----";
  const texts = {
    "dist/remedy.js": `Give the whole text, ${line} included.`,
    "dist/one-line.js": `${line} MIIEowIBAAKCAQEA`,
    "dist/ssh.js": `${line} b3BlbnNzaC1rZXktdjEAAAAA`,
    "dist/regexp.js": "/-----BEGIN (RSA )?PRIVATE KEY-----/",
  };
  expect(problems({ files: texts })).toEqual([
    "@auth/acme: dist/one-line.js holds a private key.",
    "@auth/acme: dist/ssh.js holds a private key.",
  ]);
});

it("finds the folder in which a file was built", () => {
  expect(problems({ files: { "dist/index.js.map": `{"sources":["${checkout}/x.ts"]}` } })).toEqual([
    "@auth/acme: dist/index.js.map names the folder in which it was built.",
  ]);
});

it("finds whose code was bundled without its licence", () => {
  const sources = [
    "../../../node_modules/.pnpm/commander@15.0.0/node_modules/commander/lib/command.js",
    "../../../node_modules/.pnpm/@clack+core@1.4.3/node_modules/@clack/core/dist/index.mjs",
    "../src/acme.ts",
  ];
  const map = { "dist/program.js.map": JSON.stringify({ sources }) };
  const ofCommander = "MIT\n\ndist/ holds code of commander:\n\nMIT";
  expect(problems({ files: { ...map, LICENSE: ofCommander } })).toEqual([
    "@auth/acme: it holds code of @clack/core, and LICENSE does not hold its licence.",
  ]);
});

it("finds what the manifest must not say, with the field", () => {
  expect(
    problems({
      manifest: {
        dependencies: { "@auth/core": "^1.0.0", ky: "catalog:" },
        peerDependencies: { "@auth/testing": "*" },
        scripts: { postinstall: "node dist/index.js" },
        private: true,
        version: "0.0.0",
        engines: undefined,
        exports: { ".": { "@auth/source": "./src/index.ts" } },
      },
    }),
  ).toEqual([
    "@auth/acme: dependencies name @auth/core, which is another library on the public registry. Bundle it.",
    "@auth/acme: dependencies ask for ky catalog:, which means nothing outside the repository.",
    "@auth/acme: peerDependencies name @auth/testing, which is another library on the public registry. Bundle it.",
    "@auth/acme: it is private and must not be published.",
    "@auth/acme: the manifest has scripts: no package of ours runs anything when it is installed.",
    "@auth/acme: the condition @auth/source leads to sources that are not packed.",
    "@auth/acme: the manifest has no engines.",
    "@auth/acme: its version is 0.0.0. Describe the release with npm run changeset.",
  ]);
});

it("says by how much a package is too big", () => {
  const { files, ...packed } = fit();
  const big = { path: "dist/index.js", bytes: 3_000_000, text: "" };
  const found = tarballProblems({ ...packed, packedBytes: 700_000, files: [...files, big] }, checkout);
  expect(found).toEqual([
    "@auth/acme: 700000 bytes packed, and the budget is 640000.",
    expect.stringMatching(/^@auth\/acme: 3000\d\d\d bytes unpacked, and the budget is 2380000\.$/),
  ]);
});

it("reads an unpacked tarball, folders and all", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "packed-"));
  try {
    const tarball = path.join(folder, "acme.tgz");
    writeFileSync(tarball, "12345");
    const unpacked = path.join(folder, "package");
    mkdirSync(path.join(unpacked, "dist/testing"), { recursive: true });
    writeFileSync(path.join(unpacked, "package.json"), JSON.stringify(manifest));
    writeFileSync(path.join(unpacked, "dist/testing/index.js"), "export {};\n");
    const packed = readPacked(tarball, unpacked);
    expect(packed).toMatchObject({ manifest, packedBytes: 5 });
    expect(packed.files).toContainEqual({
      path: "dist/testing/index.js",
      bytes: 11,
      text: "export {};\n",
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function problems(
  changed: Readonly<{ files?: Record<string, string>; manifest?: Record<string, unknown> }>,
): readonly string[] {
  return tarballProblems(fit(changed), checkout);
}

function fit({
  files = {},
  manifest: fields = {},
}: Readonly<{ files?: Record<string, string>; manifest?: Record<string, unknown> }> = {}): Packed {
  const texts = {
    "package.json": JSON.stringify(manifest),
    "README.md": "# Acme",
    "CHANGELOG.md": "# @auth/acme",
    LICENSE: "MIT",
    "dist/index.d.ts": "export {};",
    ...files,
  };
  return {
    manifest: { ...manifest, ...fields },
    packedBytes: 1_000,
    files: Object.entries(texts).map(([file, text]) => ({ path: file, bytes: text.length, text })),
  };
}
