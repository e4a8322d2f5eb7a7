// Plants a violation of each import direction in a copy of the sources, lints the copy once, and looks each one up.
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const directions = "house(import-directions)";

/** What is wrong, the file it is planted in, the planted line, and the rule that finds it if it is another one. */
const planted: [wrong: string, file: string, line: string, rule?: string][] = [
  ["a leaf imports one of ours", "core/src/errors.ts", 'import "./token/token.ts";'],
  ["a leaf imports a type of ours", "core/src/requests/origins.ts", 'import type {} from "../errors.ts";'],
  ["token imports a source", "core/src/token/token.ts", 'import "../sources/from-env.ts";'],
  ["a source imports auth", "core/src/sources/planted-1.ts", 'import type {} from "../auth.ts";'],
  ["a source imports the cache", "core/src/sources/planted-2.ts", 'import "../token/cache.ts";'],
  ["a source imports a provider", "core/src/sources/planted-3.ts", 'import "../define-provider.ts";'],
  ["a source imports verify", "core/src/sources/planted-4.ts", 'void import("../verify.ts");'],
  [
    "a source sends a request with the token",
    "core/src/sources/planted-5.ts",
    'import "../requests/fetch.ts";',
  ],
  ["a request imports auth itself", "core/src/requests/planted-1.ts", 'import "../auth.ts";'],
  ["a request imports verify", "core/src/requests/planted-2.ts", 'import type {} from "../verify.ts";'],
  ["verify imports auth", "core/src/verify.ts", 'export type A = import("./auth.ts").Auth;'],
  ["explain imports the cache", "core/src/explain.ts", 'export {} from "./token/cache.ts";'],
  [
    "core imports its undici interceptor",
    "core/src/planted-1.ts",
    'import "./requests/undici/interceptor.ts";',
  ],
  ["webhooks import a token source", "core/src/webhooks/planted-1.ts", 'import "../sources/from-env.ts";'],
  ["core imports its webhooks' entry", "core/src/planted-15.ts", 'import "./webhooks.ts";'],
  ["logins import auth itself", "core/src/logins/planted-1.ts", 'import "../auth.ts";'],
  ["core imports its logins' entry", "core/src/planted-16.ts", 'import "./logins.ts";'],
  ["core imports undici", "core/src/planted-2.ts", 'import type {} from "undici";'],
  ["core holds a token twice", "core/src/planted-14.ts", 'import "./token/holder.ts";'],
  ["a request imports the cache", "core/src/requests/planted-3.ts", 'import "../token/cache.ts";'],
  ["the interceptor loads undici", "core/src/requests/undici/interceptor.ts", 'import "undici";'],
  ["core imports one of its entries", "core/src/planted-3.ts", 'import "./index.ts";'],
  ["core imports a fixture", "core/src/planted-13.ts", 'import "./fixtures/planted.ts";'],
  ["core imports node:", "core/src/planted-4.ts", 'import "node:fs";'],
  ["core imports node: later", "core/src/planted-5.ts", 'void import("node:fs");'],
  ["core imports node: by its bare name", "core/src/planted-6.ts", 'import "fs/promises";'],
  ["core imports a provider", "core/src/planted-7.ts", 'import "@auth/pylon";'],
  ["a test of core imports a provider", "core/src/planted.test.ts", 'import "@auth/dnanexus";'],
  ["core reaches into a provider", "core/src/planted-8.ts", 'import "../../pylon/src/index.ts";'],
  [
    "core names a provider",
    "core/src/planted-9.ts",
    'export const id = "pylon";',
    "house(no-provider-in-core)",
  ],
  [
    "core names a new one",
    "core/src/planted-10.ts",
    "export const acmeAuth = 1;",
    "house(no-provider-in-core)",
  ],
  ["a provider imports another", "pylon/src/planted-1.ts", 'import "@auth/dnanexus";'],
  ["a provider's test imports another", "pylon/src/planted.test.ts", 'import "@auth/dnanexus";'],
  ["its fake service imports another", "pylon/src/testing/planted.ts", 'import "@auth/dnanexus";'],
  ["its fake service loads a test runner", "acme/src/testing/planted.ts", 'import "@auth/testing";'],
  ["a provider imports ky", "pylon/src/planted-2.ts", 'void import("ky");'],
  ["a provider imports undici", "dnanexus/src/planted-1.ts", 'import type {} from "undici";'],
  ["its entry for undici loads undici", "pylon/src/undici.ts", 'import "undici";'],
  ["its main entry is given undici's", "pylon/src/planted-3.ts", 'import "@auth/core/undici";'],
  ["a provider reaches into core", "pylon/src/planted-4.ts", 'import "../../core/src/auth.ts";'],
  ["a provider imports core's sources", "acme/src/planted-1.ts", 'import "@auth/core/src/auth.ts";'],
  ["a provider imports node:", "pylon/src/planted-5.ts", 'import "node:os";'],
  [
    "a provider that runs everywhere imports core's sources for the machine",
    "pylon/src/planted-7.ts",
    'import "@auth/core/node";',
  ],
  ["… or loads them later", "acme/src/planted-7.ts", 'void import("@auth/core/node");'],
  ["its webhooks import node:", "pylon/src/webhooks.ts", 'import "node:crypto";'],
  ["what runs everywhere imports its entry for Node.js", "pylon/src/pylon.ts", 'import "./node.ts";'],
  ["… or a part of it, later", "acme/src/planted-5.ts", 'void import("./node/planted.ts");'],
  ["its entry for Node.js imports another", "acme/src/node/planted.ts", 'import "@auth/pylon";'],
  ["a new provider imports another", "acme/src/planted-2.ts", 'export {} from "@auth/pylon";'],
  ["a provider ships its fake service", "acme/src/planted-3.ts", 'import "./testing/index.ts";'],
  ["a provider sends", "acme/src/planted-4.ts", 'void fetch("/");', "eslint(no-restricted-globals)"],
  [
    "a provider reads process",
    "dnanexus/src/planted-2.ts",
    "void process.env;",
    "eslint(no-restricted-globals)",
  ],
  ["an app imports sources", "../apps/demo/src/planted-1.ts", 'import "../../../packages/core/src/auth.ts";'],
  ["an app imports a deep path", "../apps/demo/src/planted-2.ts", 'import "@auth/pylon/dist/index.js";'],
  ["a cycle", "pylon/src/cycle-1.ts", 'import "./cycle-2.ts";', "house(no-cycle)"],
  ["… back", "pylon/src/cycle-2.ts", 'import "./cycle-1.ts";', "house(no-cycle)"],
  ["a cycle of types", "core/src/cycle-3.ts", 'export type { A } from "./cycle-4.ts";', "house(no-cycle)"],
  ["… back", "core/src/cycle-4.ts", 'import type { B } from "./cycle-3.ts";', "house(no-cycle)"],
  ["a lazy cycle", "core/src/cycle-5.ts", 'void import("./cycle-6.ts");', "house(no-cycle)"],
  ["… back", "core/src/cycle-6.ts", 'export type A = import("./cycle-5.ts").A;', "house(no-cycle)"],
  ["a provider imports a library that it does not name", "forge/src/planted-3.ts", 'import "got";'],
  ["another imports a library", "acme/src/planted-6.ts", 'import "jose";'],
  ["a default export", "core/src/planted-11.ts", "export default 1;", "house(no-default-export)"],
  ["export *", "core/src/planted-12.ts", 'export * from "./token/token.ts";', "house(no-export-all)"],
  ["a name in another case", "core/src/plantedName.ts", "export {};", "unicorn(filename-case)"],
  ["a drawer", "pylon/src/utils.ts", "export {};", "house(no-drawer)"],
];

/** What may touch the machine, with a line that does. */
const allowed: [who: string, file: string, line: string][] = [
  ["a provider's entry for Node.js", "pylon/src/node.ts", 'import "node:os";'],
  ["a part of it", "pylon/src/node/planted.ts", 'import "node:fs/promises";'],
  ["… with core's sources for the machine", "pylon/src/node/planted-2.ts", 'import "@auth/core/node";'],
  ["what runs everywhere, by a name of the package", "pylon/src/planted-6.ts", 'void import("#logins");'],
  ["a provider whose package.json says so", "forge/src/planted-1.ts", 'import "node:fs";'],
  ["… with core's sources", "forge/src/planted-4.ts", 'import "@auth/core/node";'],
  ["… and that names a library, that one", "forge/src/planted-2.ts", 'import "jose";'],
];

/** What a package says of itself, in a new file. */
const declared: [file: string, line: string][] = [
  ["forge/package.json", '{ "auth": { "runsOn": "node", "libraries": ["jose"] } }'],
];

const root = path.resolve(import.meta.dirname, "../..");
const copy = mkdtempSync(path.join(tmpdir(), "import-directions-"));
const found = new Set<string>();

beforeAll(() => {
  for (const name of [".oxlintrc.json", "scripts", "packages", "apps", "examples"]) {
    cpSync(path.join(root, name), path.join(copy, name), {
      recursive: true,
      filter: (file) => !/[\\/](node_modules|dist|\.turbo)$/.test(file),
    });
  }
  symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  const all = [...planted.map(([, ...rest]) => rest), ...allowed.map(([, ...rest]) => rest), ...declared];
  for (const [file, line] of all) {
    mkdirSync(path.dirname(path.join(copy, "packages", file)), { recursive: true });
    appendFileSync(path.join(copy, "packages", file), `\n${line}\n`);
  }

  const { stdout } = spawnSync(
    path.join(root, "node_modules/.bin/oxlint"),
    ["--format=json", "packages", "apps", "examples"],
    {
      cwd: copy,
      encoding: "utf8",
      maxBuffer: 1e8,
    },
  );
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
  for (const { code, filename } of diagnostics) found.add(`${code} ${filename}`);
});

afterAll(() => rmSync(copy, { recursive: true }));

it.each(allowed)("lets it be: %s", (_, file) => {
  expect(found).not.toContain(`${directions} ${path.posix.join("packages", file)}`);
});

it.each(planted)("finds it where %s: %s", (_, file, __, rule = directions) => {
  expect(found).toContain(`${rule} ${path.posix.join("packages", file)}`);
});
