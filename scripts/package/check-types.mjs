// Checks the types of a packed package as each way of resolving them finds them: node scripts/package/check-types.mjs <tarball>.
// What `require` makes of them is no matter, since a package is ESM only.
import { readFileSync } from "node:fs";
import process from "node:process";

import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";

const [, , tarball] = process.argv;
const { types, problems = [] } = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
const found = [
  ...(types === false ? ["There are no types."] : []),
  ...problems
    .filter(({ resolutionKind }) => resolutionKind !== "node16-cjs")
    .map((problem) => `The types are wrong: ${JSON.stringify(problem)}`),
];
if (found.length > 0) {
  console.error(found.join("\n"));
  process.exitCode = 1;
}
