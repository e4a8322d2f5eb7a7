import { styleText } from "node:util";

import type { StepResult } from "./step.ts";

/**
 * Draws results for a terminal, a group for each service: a line with the step and where its token is from, below it what
 * happened. Sentences wrap at spaces, so that a link stays whole.
 */
export function drawSteps(results: readonly StepResult[], columns: number): string {
  const stepWidth = Math.max(...results.map(({ step }) => step.length));
  const lines: string[] = [];
  for (const service of new Set(results.map((result) => result.service))) {
    lines.push("", styleText("bold", service));
    for (const { step, source, outcome, ok } of results.filter((result) => result.service === service)) {
      const mark = ok ? styleText("green", "✓") : styleText("red", "✗");
      lines.push(`  ${mark} ${step.padEnd(stepWidth)}  ${source}`);
      lines.push(...wrapped(outcome, columns - 4).map((line) => styleText("dim", `    ${line}`)));
    }
  }
  return lines.join("\n");
}

/** Breaks a text at spaces, so that each line fits unless a single word does not. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}
