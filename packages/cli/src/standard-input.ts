import process from "node:process";

import { UsageError } from "./usage-error.ts";

/** The longest that is read: the longest token, and room around it. Bytes. */
const longest = 65_536;

/** What stands on standard input, as text. A terminal is not waited for. */
export async function readStandardInput(): Promise<string> {
  if (process.stdin.isTTY)
    throw new UsageError("This is read from a pipe, and standard input is a terminal.");
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > longest) throw new UsageError(`Standard input is longer than ${longest} bytes.`);
  }
  return Buffer.concat(chunks).toString("utf8");
}
