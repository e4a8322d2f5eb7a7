import { runFresh } from "../fresh-process.ts";
import type { Cost } from "../probe-cost.ts";
import { atMost, exactly, type Row, told } from "../row.ts";
import { describeSpread, median } from "../statistics.ts";
import { type SubjectName, subjects } from "../subjects.ts";

/** What a call may allocate more than the same call by hand. Absent: told only. */
const bytes: Readonly<Record<SubjectName, { budget: number } | undefined>> = {
  headers: { budget: 96 },
  fetch: { budget: 96 },
  fetchPath: { budget: 96 },
  fetchInit: { budget: 96 },
  fetchOption: { budget: 96 },
  // A Request that came in is never changed, so its headers are copied, and a copy has no small price.
  ky: undefined,
  undici: { budget: 256 },
};
// The limit is wide: a busy machine decides too, and options that come in have to be copied.
const time = { budget: 1.5, limit: 4 };

const names = Object.keys(bytes) as SubjectName[];

/** Bytes, promises and turns that a cached token adds to a call. */
export async function cachedPathCounts(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const name of names) {
    const { what } = subjects[name];
    const cost = await runFresh<Cost>("probe-cost.ts", [name]);
    const budget = bytes[name];
    const said = `${what}: bytes added`;
    rows.push(
      budget === undefined ? told(said, cost.bytes) : atMost(said, cost.bytes, budget),
      exactly(`${what}: promises and turns added`, `${cost.promises} and ${cost.turns}`, "0 and 0"),
    );
  }
  return rows;
}

/** The time that a cached token adds to a call, in awaited promises. */
export async function cachedPathTimes(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const name of names) {
    const ratios = await runFresh<number[]>("probe-time.ts", [name]);
    const what = `${subjects[name].what}: time added, in awaited promises`;
    const shown = describeSpread(ratios);
    rows.push(
      bytes[name] === undefined ? told(what, shown) : atMost(what, median(ratios), { ...time, shown }),
    );
  }
  return rows;
}
