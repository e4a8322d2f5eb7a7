import process from "node:process";
import { styleText } from "node:util";
import { wrapAnsi } from "fast-wrap-ansi";

type Style = Parameters<typeof styleText>[0];

/** Marks in front of a line. */
export type Mark = "ok" | "warning" | "failed" | "none";

const marks = {
  ok: ["✓", "green"],
  warning: ["!", "yellow"],
  failed: ["✗", "red"],
  none: ["·", "dim"],
} as const;

/** Of a terminal: its own width. In a pipe: `COLUMNS`, else 80. Text that is wider is hard to read, so it ends at 120. */
function widthOf(stream: NodeJS.WriteStream): number {
  const told = stream.isTTY ? stream.columns : Number(process.env["COLUMNS"]);
  return Math.min(told >= 20 ? told : 80, 120);
}

/** Colours where the stream shows them, and `NO_COLOR` does not forbid it. */
function paint(stream: NodeJS.WriteStream, style: Style, text: string): string {
  return styleText(style, text, { stream });
}

/** Prints lines for people: wrapped at words, links whole, the following lines indented as far as the first. */
export interface Printer {
  /** One paragraph. */
  line(text?: string): void;
  heading(text: string): void;
  /** A paragraph with a mark in front. */
  marked(mark: Mark, text: string): void;
  /** Rows of a label and a text, the texts in one column. */
  rows(rows: readonly (readonly [label: string, text: string])[]): void;
}

function createPrinter(stream: NodeJS.WriteStream): Printer {
  const write = (text: string, first = "", indent = first.length): void => {
    const wrapped = wrapAnsi(text, Math.max(widthOf(stream) - indent, 20), { hard: false, trim: true });
    stream.write(`${first}${wrapped.replaceAll("\n", `\n${" ".repeat(indent)}`)}\n`);
  };
  return {
    line: (text = "") => write(text),
    heading: (text) => write(paint(stream, "bold", text)),
    marked(mark, text) {
      const [sign, style] = marks[mark];
      write(text, `${paint(stream, style, sign)} `, 2);
    },
    rows(rows) {
      const width = Math.max(0, ...rows.map(([label]) => label.length));
      for (const [label, text] of rows)
        write(text, `  ${paint(stream, "dim", label.padEnd(width))}  `, width + 4);
    },
  };
}

/** For people, on standard output. */
export const out: Printer = createPrinter(process.stdout);
/** For people, beside what a program reads. Never a token. */
export const note: Printer = createPrinter(process.stderr);

/** For programs: one object. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
