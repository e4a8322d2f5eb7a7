import process from "node:process";

import { out, printJson } from "../output.ts";
import type { Run } from "../call.ts";
import { UsageError } from "../usage-error.ts";
import { errorPages } from "./error-pages.ts";

/** The page of an error, offline. */
export const errors: Run = async ({ json, command }, { operands: [code] }) => {
  const pages = errorPages();
  if (code === undefined) {
    if (json) printJson(pages.map((page) => page.code));
    else for (const page of pages) out.line(page.code);
    return 0;
  }
  const wanted = code.toUpperCase();
  const page = pages.find((known) => known.code === wanted);
  if (page === undefined)
    throw new UsageError(`There is no error ${code}. The list: auth-${command.provider.id} errors`);
  if (json) printJson(page);
  else {
    out.heading(page.code);
    for (const block of blocksOf(page.text)) {
      out.line();
      if (block.startsWith("```")) process.stdout.write(`${indented(block)}\n`);
      else out.line(block.replaceAll(/\n(?![-*|])/g, " ").replaceAll("**", ""));
    }
  }
  return 0;
};

/** Paragraphs, and programs whole. */
function blocksOf(text: string): string[] {
  return text.match(/^```[\s\S]*?^```$|^(?:(?!```).+\n?)+/gm)?.map((block) => block.trim()) ?? [];
}

/** A program stays as it is, without the fence. */
function indented(block: string): string {
  return block
    .split("\n")
    .slice(1, -1)
    .map((line) => `  ${line}`.trimEnd())
    .join("\n");
}
