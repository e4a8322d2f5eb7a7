import { styleText } from "node:util";

import type { StepResult } from "./step.ts";

/** Draws results as a table for a terminal, a group for each service. Long outcomes wrap within their column. */
export function drawTable(results: readonly StepResult[], columns: number): string {
  const stepWidth = widthOf(
    "step",
    results.map(({ step }) => step),
  );
  const sourceWidth = widthOf(
    "token from",
    results.map(({ source }) => source),
  );
  const outcomeWidth = Math.max(30, columns - stepWidth - sourceWidth - 10);
  const row = (mark: string, cells: readonly [string, string, string]): string =>
    `  ${mark} ${cells[0].padEnd(stepWidth)}  ${cells[1].padEnd(sourceWidth)}  ${cells[2]}`.trimEnd();

  const lines: string[] = [];
  for (const service of new Set(results.map((result) => result.service))) {
    lines.push(
      "",
      styleText("bold", service),
      styleText("dim", row(" ", ["step", "token from", "what happened"])),
    );
    for (const { step, source, outcome, ok } of results.filter((result) => result.service === service)) {
      const [first = "", ...rest] = wrap(outcome, outcomeWidth);
      lines.push(row(ok ? styleText("green", "✓") : styleText("red", "✗"), [step, source, first]));
      for (const more of rest) lines.push(row(" ", ["", "", more]));
    }
  }
  return lines.join("\n");
}

function widthOf(heading: string, cells: readonly string[]): number {
  return Math.max(heading.length, ...cells.map(({ length }) => length));
}

/** Breaks a text at spaces, so that each line fits unless a single word does not. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}
