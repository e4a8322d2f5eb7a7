import { runFresh } from "../fresh-process.ts";
import { atMost, type Row } from "../row.ts";
import { type SubjectName, subjects } from "../subjects.ts";

const names: readonly SubjectName[] = ["headers", "fetch", "undici"];

/** What a million injections leave behind. */
export async function retainedMemory(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const name of names) {
    const bytes = await runFresh<number>("probe-retained.ts", [name]);
    const what = `${subjects[name].what}: bytes held per call after a million`;
    rows.push(atMost(what, bytes, { budget: 0.1, limit: 0.1, shown: bytes.toFixed(3) }));
  }
  return rows;
}
