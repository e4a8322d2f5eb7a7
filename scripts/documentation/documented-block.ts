/** A `ts` block of a document: a program of its own. */
export interface DocumentedBlock {
  /** Path of the document from the root: `packages/pylon/README.md`. */
  readonly file: string;
  /** The heading that the block stands under. */
  readonly heading: string;
  /** The line of the document on which the code begins, counted from 1. */
  readonly line: number;
  readonly code: string;
  /** Why it cannot be run here, where the fence says so: ` ```ts no-run: needs an account of its own `. */
  readonly notRun?: string;
}

/** Fences of the languages that have to be `ts`, so that no code escapes. */
const otherName = /^(?:javascript|js|cjs|mjs|typescript|mts|tsx|jsx)\b/;

/** The `ts` blocks of a document. Throws where a block's language is not called `ts`, or its fence says something else. */
export function documentedBlocks(file: string, text: string): DocumentedBlock[] {
  const blocks: DocumentedBlock[] = [];
  const lines = text.split("\n");
  let heading = "";
  for (let index = 0; index < lines.length; index++) {
    heading = /^#+ (.*)$/.exec(lines[index] ?? "")?.[1] ?? heading;
    const [, indent, info] = /^(\s*)```(.+)$/.exec(lines[index] ?? "") ?? [];
    if (info === undefined) {
      if (lines[index]?.trim() === "```") throw new Error(`${file}:${index + 1}: say which language this is`);
      continue;
    }
    const first = index + 1;
    const last = lines.findIndex((line, at) => at >= first && line.trim() === "```");
    if (last === -1) throw new Error(`${file}:${index + 1}: this block does not end`);
    const where = `${file}:${index + 1}`;
    index = last;
    // A file that another tool wants in that language, and that is no program.
    if (info === "js configuration") continue;
    if (otherName.test(info)) throw new Error(`${where}: call this language ts`);
    if (!/^ts\b/.test(info)) continue;
    const [, notRun] = /^ts no-run: (.+)$/.exec(info) ?? [];
    if (info !== "ts" && notRun === undefined) throw new Error(`${where}: write "ts" or "ts no-run: why"`);
    const code = lines
      .slice(first, last)
      .map((line) => line.slice(indent?.length))
      .join("\n");
    blocks.push({ file, heading, line: first + 1, code, ...(notRun !== undefined && { notRun }) });
  }
  return blocks;
}

/**
 * What a program's comments say that it prints: for each `console.log`, the comment behind it in its line, else the
 * comment lines right below its statement.
 */
export function promisedOutput(code: string): string[] {
  const lines = code.split("\n").map((line) => line.trim());
  return lines.flatMap((line, index) => {
    if (!line.includes("console.log(")) return [];
    const end = lines.findIndex((each, at) => at >= index && /;(?: \})?(?: \/\/ .*)?$/.test(each));
    const [, behind] = /;(?: \})? \/\/ (.*)$/.exec(lines[end] ?? "") ?? [];
    if (behind !== undefined) return [behind];
    const below = lines.slice(end + 1);
    const next = below.findIndex((each) => !each.startsWith("// "));
    return below.slice(0, next === -1 ? undefined : next).map((comment) => comment.slice("// ".length));
  });
}
