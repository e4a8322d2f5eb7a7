import { execFile } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";

export interface FreshOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Of Node.js. Default: those by which bytes can be counted. */
  readonly flags?: readonly string[];
}

/**
 * Runs a file of this folder in a process of its own and reads the JSON that it prints: what one subject has taught the
 * compiler and left on the heap must not count for the next.
 */
export async function runFresh<Result>(
  file: string,
  args: readonly string[] = [],
  { env = process.env, flags = forBytes }: FreshOptions = {},
): Promise<Result> {
  const script = path.join(import.meta.dirname, file);
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script, ...args], {
    timeout: 300_000,
    env,
  });
  return JSON.parse(stdout) as Result;
}

// A young generation this large (MB) is not collected while a batch is measured, so that the heap grows by what the batch
// allocates. Code stays compiled, since throwing it away would be measured as an allocation later.
const forBytes = [
  "--expose-gc",
  "--min-semi-space-size=128",
  "--max-semi-space-size=128",
  "--no-flush-bytecode",
];
