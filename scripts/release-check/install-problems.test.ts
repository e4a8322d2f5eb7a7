import { expect, it } from "vitest";

import { installProblems } from "./install-problems.ts";

const expected = {
  name: "@auth/acme",
  version: "1.2.0",
  integrity: "sha512-checked",
  companions: ["ky"],
};
const acme = { version: "1.2.0", integrity: "sha512-checked" };
const ky = { version: "2.1.0", integrity: "sha512-ky" };

it("is content with the package and its companions", () => {
  expect(installed({ "@auth/acme": acme, ky })).toEqual([]);
});

it("finds another package of the scope, wherever in the tree it is", () => {
  expect(installed({ "@auth/acme": acme, ky, "ky/node_modules/@auth/core": { version: "0.41.3" } })).toEqual([
    "@auth/acme: installing it alone also brought @auth/core@0.41.3, and a name of this scope leads to Auth.js on the public registry.",
  ]);
});

it("finds what Auth.js brings, and says so", () => {
  expect(installed({ "@auth/acme": acme, oauth4webapi: { version: "3.8.0" } })).toEqual([
    "@auth/acme: installing it alone also brought oauth4webapi@3.8.0, which Auth.js brings.",
  ]);
});

it("finds any other companion", () => {
  expect(installed({ "@auth/acme": acme, ky, lodash: { version: "4.17.21" } })).toEqual([
    "@auth/acme: installing it alone also brought lodash@4.17.21, and only ky may come along.",
  ]);
});

it("lets a package without a list bring what it likes, but nothing of Auth.js", () => {
  const packages = { "node_modules/@auth/acme": acme, "node_modules/lodash": ky, "node_modules/preact": ky };
  const { companions: _, ...open } = expected;
  expect(installProblems({ packages }, open)).toEqual([
    "@auth/acme: installing it alone also brought preact@2.1.0, which Auth.js brings.",
  ]);
});

it("finds that something else was installed in its place", () => {
  expect(installed({ "@auth/acme": { ...acme, version: "0.41.3" } })).toEqual([
    "@auth/acme: version 0.41.3 was installed, and not 1.2.0.",
  ]);
  expect(installed({ "@auth/acme": { ...acme, integrity: "sha512-other" } })).toEqual([
    "@auth/acme: what was installed is not the tarball that was checked (another integrity).",
  ]);
  expect(installed({})).toEqual(["@auth/acme: it is not in the lockfile."]);
});

function installed(packages: Readonly<Record<string, { version: string; integrity?: string }>>) {
  const entries = Object.entries(packages).map(([name, entry]) => [`node_modules/${name}`, entry]);
  return installProblems({ packages: { "": {}, ...Object.fromEntries(entries) } }, expected);
}
