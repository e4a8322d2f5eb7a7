import process from "node:process";
import { parseArgs, styleText } from "node:util";

import { drawSteps, wrapped } from "./draw-steps.ts";
import { runTour } from "./tour.ts";

const usage = `Usage: demo [--json]

Takes every step against the fake services, on loopback: needs no token and no network.

  --json   for programs
  --help   this text

Exit code: 0 if everything came out as it should, 1 if not, 2 for a wrong call.
For your own tokens: npm run auth -- pylon status`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const flag = { type: "boolean", default: false } as const;
  let call;
  try {
    call = parseArgs({ args, options: { json: flag, help: flag } }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : "The call could not be read."}\n\n${usage}`);
    return 2;
  }
  if (!call.help) return tour(call.json);
  console.log(usage);
  return 0;
}

async function tour(json: boolean): Promise<number> {
  const results = await runTour();
  const failed = results.filter(({ ok }) => !ok).length;
  if (json) {
    console.log(JSON.stringify(results, null, 2));
  } else {
    // A terminal that is wider is not easier to read.
    const columns = Math.min(process.stdout.columns ?? 80, 80);
    const about =
      "Pylon and DNAnexus on loopback, with tokens made for this run: nothing leaves the machine.";
    console.log(wrapped(about, columns).join("\n"));
    console.log(drawSteps(results, columns));
    const verdict =
      failed === 0
        ? styleText("green", `all ${results.length} as they should be`)
        : styleText("red", `${failed} of ${results.length} not as they should be`);
    console.log(`\n${verdict}`);
  }
  return failed === 0 ? 0 : 1;
}
