import type { Row } from "./row.ts";

const marks = { within: "yes", over: "over", fails: "NO", told: "–" } as const;

/** The rows as an aligned table, which is Markdown too. */
export function formatTable(rows: readonly Row[]): string {
  const lines = rows.map(({ what, measured, budget, verdict }) => [what, measured, budget, marks[verdict]]);
  const head = ["what", "measured", "budget", "ok"];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => (line[column] ?? "").length)),
  );
  const format = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [format(head), format(widths.map((width) => "-".repeat(width))), ...lines.map(format)].join("\n");
}
