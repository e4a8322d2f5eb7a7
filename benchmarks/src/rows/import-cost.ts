import { runFresh } from "../fresh-process.ts";
import type { ImportCost } from "../probe-import.ts";
import { atMost, exactly, type Row } from "../row.ts";
import { describeSpread, median } from "../statistics.ts";

/** Each with the milliseconds above which it fails. */
const entries = { "@auth/pylon": 6, "@auth/dnanexus": 10 };
/** A module with nothing in it: what any import costs. */
const empty = "data:text/javascript,";

export async function fetchTouchedByImport(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const entry of Object.keys(entries)) {
    const { touched } = await runFresh<ImportCost>("probe-import.ts", [entry]);
    rows.push(exactly(`import of ${entry}: fetch classes touched`, touched.join(", ") || "none", "none"));
  }
  return rows;
}

export async function importTime(): Promise<Row[]> {
  const costs = Object.keys(entries).map((): number[] => []);
  for (let round = 0; round < 15; round++) {
    const { cpuMs: nothing } = await runFresh<ImportCost>("probe-import.ts", [empty]);
    for (const [index, entry] of Object.keys(entries).entries()) {
      const { cpuMs } = await runFresh<ImportCost>("probe-import.ts", [entry]);
      costs[index]?.push(cpuMs - nothing);
    }
  }
  return Object.entries(entries).map(([entry, limit], index) => {
    const each = costs[index] ?? [];
    const what = `import of ${entry}: CPU ms over an empty module`;
    return atMost(what, median(each), { budget: 3, limit, shown: describeSpread(each) });
  });
}
