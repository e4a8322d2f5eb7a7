// Measures the built packages against their budgets and prints one table, and whether this change made something worse. Counts and
// bytes decide; times are told with their spread and decide only when they are far off. `--quick`: what takes seconds and is
// the same on every machine. `--baseline`: keeps the counts as those to compare with.
import process from "node:process";

import { compareWithBaseline, writeBaseline } from "./baseline.ts";
import type { Row } from "./row.ts";
import { cachedPathCounts, cachedPathTimes } from "./rows/cached-path.ts";
import { endToEnd } from "./rows/end-to-end.ts";
import { helperTime } from "./rows/helper-cost.ts";
import { firstRequest } from "./rows/first-request.ts";
import { fetchTouchedByImport, importTime } from "./rows/import-cost.ts";
import { retainedMemory } from "./rows/retained-memory.ts";
import { tokenLoads } from "./rows/token-loads.ts";
import { formatTable } from "./table.ts";

const quick = [cachedPathCounts, tokenLoads, fetchTouchedByImport];
const slow = [retainedMemory, cachedPathTimes, importTime, helperTime, firstRequest, endToEnd];

const measured: Row[] = [];
for (const measure of process.argv.includes("--quick") ? quick : [...quick, ...slow]) {
  // One after another, since they would disturb each other.
  measured.push(...(await measure()));
}
if (process.argv.includes("--baseline")) writeBaseline(measured);
const { rows, summary } = compareWithBaseline(measured);
console.log(`${formatTable(rows)}\n\n${summary}`);
if (rows.some(({ verdict }) => verdict === "fails")) process.exitCode = 1;
