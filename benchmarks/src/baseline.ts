import { readFileSync, writeFileSync } from "node:fs";

import type { Row } from "./row.ts";

const file = new URL("../baseline.json", import.meta.url);

/** What the counts were when somebody last looked, by row. */
type Baseline = Readonly<Record<string, number>>;

/** What this change made worse or better, in sentences; and the rows, of which one fails that is over its budget and has grown. */
export function compareWithBaseline(rows: readonly Row[], before: Baseline = readBaseline()) {
  const changes = rows.flatMap(({ what, count }) => {
    const old = before[what];
    return count === undefined || old === undefined || count === old ? [] : [{ what, old, count }];
  });
  const sentence = ({ what, old, count }: (typeof changes)[number]): string => `  ${what}: ${old} → ${count}`;
  const worse = changes.filter(({ old, count }) => count > old);
  const better = changes.filter(({ old, count }) => count < old);
  const unknown = rows.filter(({ what, count }) => count !== undefined && before[what] === undefined);
  const grown = new Set([...worse, ...unknown].map(({ what }) => what));
  return {
    rows: rows.map((row): Row =>
      row.verdict === "over" && grown.has(row.what) ? { ...row, verdict: "fails" } : row,
    ),
    summary: [
      worse.length === 0 ? "Nothing that is counted became worse." : "This became worse:",
      ...worse.map(sentence),
      ...(better.length === 0 ? [] : ["This became better (`npm run bench -- --baseline` keeps it):"]),
      ...better.map(sentence),
    ].join("\n"),
  };
}

export function writeBaseline(rows: readonly Row[]): void {
  const counts = rows.flatMap(({ what, count }) => (count === undefined ? [] : [[what, count] as const]));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(counts), undefined, 2)}\n`);
}

function readBaseline(): Baseline {
  return JSON.parse(readFileSync(file, "utf8")) as Baseline;
}
