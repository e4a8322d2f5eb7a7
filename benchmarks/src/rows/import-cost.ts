import { runFresh } from "../fresh-process.ts";
import type { ImportCost } from "../probe-import.ts";
import { atMost, exactly, type Row } from "../row.ts";
import { describeSpread, median } from "../statistics.ts";

const entry = "@auth/pylon";
/** A module with nothing in it: what any import costs. */
const empty = "data:text/javascript,";

export async function fetchTouchedByImport(): Promise<Row[]> {
  const { touched } = await runFresh<ImportCost>("probe-import.ts", [entry]);
  return [exactly("import of a provider: fetch classes touched", touched.join(", ") || "none", "none")];
}

export async function importTime(): Promise<Row[]> {
  const costs: number[] = [];
  for (let round = 0; round < 15; round++) {
    const { cpuMs: all } = await runFresh<ImportCost>("probe-import.ts", [entry]);
    const { cpuMs: nothing } = await runFresh<ImportCost>("probe-import.ts", [empty]);
    costs.push(all - nothing);
  }
  const what = "import of a provider: CPU ms over an empty module";
  return [atMost(what, median(costs), { budget: 3, limit: 6, shown: describeSpread(costs) })];
}
