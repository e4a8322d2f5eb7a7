// Measures the built packages against their budgets and prints one table. Counts, bytes and sizes decide; times are told with
// their spread and decide only when they are far off. `--quick`: what takes seconds and is the same on every machine.
import process from "node:process";

import type { Row } from "./row.ts";
import { bundleSizes } from "./rows/bundle-size.ts";
import { cachedPathCounts, cachedPathTimes } from "./rows/cached-path.ts";
import { endToEnd } from "./rows/end-to-end.ts";
import { fetchTouchedByImport, importTime } from "./rows/import-cost.ts";
import { retainedMemory } from "./rows/retained-memory.ts";
import { tokenLoads } from "./rows/token-loads.ts";
import { formatTable } from "./table.ts";

const quick = [cachedPathCounts, tokenLoads, bundleSizes, fetchTouchedByImport];
const slow = [retainedMemory, cachedPathTimes, importTime, endToEnd];

const rows: Row[] = [];
for (const measure of process.argv.includes("--quick") ? quick : [...quick, ...slow]) {
  // One after another, since they would disturb each other.
  rows.push(...(await measure()));
}
console.log(formatTable(rows));
if (rows.some(({ verdict }) => verdict === "fails")) process.exitCode = 1;
