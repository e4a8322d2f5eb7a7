import { execFile } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { atMost, type Row } from "../row.ts";
import { describeSpread, median } from "../statistics.ts";

const command = path.join(path.dirname(fileURLToPath(import.meta.resolve("@auth/pylon"))), "cli.js");
/** Loaded first, it tells at the end what the process has cost. */
const meter = `data:text/javascript,process.on("exit",()=>{const{user,system}=process.cpuUsage();process.stderr.write("\\n"+(user+system))})`;

/** What another tool waits for when it asks the command: from the start of the process to the answer. */
export async function helperTime(): Promise<Row[]> {
  const over: number[] = [];
  for (let round = 0; round < 15; round++) {
    const nothing = await cpuMs(["--eval", "0"]);
    over.push((await cpuMs([command, "helper", "json"])) - nothing);
  }
  return [
    atMost("auth-pylon helper json: CPU ms over an empty process", median(over), {
      budget: 40,
      limit: 80,
      shown: describeSpread(over),
    }),
  ];
}

async function cpuMs(args: readonly string[]): Promise<number> {
  const { stderr } = await promisify(execFile)(process.execPath, ["--import", meter, ...args], {
    env: { ...process.env, PYLON_API_TOKEN: "a-token-of-the-benchmark" },
  });
  return Number(stderr.slice(stderr.lastIndexOf("\n") + 1)) / 1000;
}
