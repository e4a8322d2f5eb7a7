import process from "node:process";
import { parseArgs, styleText } from "node:util";

import { inspectAuths, type Target, targets } from "./inspect-auths.ts";
import { drawTable } from "./table.ts";
import { runTour } from "./tour.ts";

const usage = `Usage: demo [command] [provider …] [--live] [--json]

  (no command)  every step against both services on loopback: needs no token and no network
  status        where each token comes from, and why the other places were passed over
  verify        the same, and whom the service says that the token speaks for

  provider      pylon, dnanexus; default: both
  --live        the real environment and the real services, instead of those on loopback
  --json        for programs
  --help        this text

Exit code: 0 if everything came out as it should, 1 if not, 2 for a wrong call.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const call = readCall(args);
  if (typeof call === "string") {
    console.error(`${call}\n\n${usage}`);
    return 2;
  }
  if (call.help) {
    console.log(usage);
    return 0;
  }
  return call.command === undefined
    ? tour(call.json)
    : inspectAuths({ ...call, verify: call.command === "verify" });
}

async function tour(json: boolean): Promise<number> {
  const results = await runTour();
  const failed = results.filter(({ ok }) => !ok).length;
  if (json) {
    console.log(JSON.stringify(results, null, 2));
  } else {
    console.log(
      styleText(
        "dim",
        "Pylon and DNAnexus on loopback, with tokens made for this run: nothing leaves the machine.",
      ),
    );
    // Where nobody looks at a terminal of some width, each step is one line.
    console.log(drawTable(results, process.stdout.columns ?? Number.POSITIVE_INFINITY));
    const verdict =
      failed === 0
        ? styleText("green", `all ${results.length} as they should be`)
        : styleText("red", `${failed} of ${results.length} not as they should be`);
    console.log(`\n${verdict}`);
  }
  return failed === 0 ? 0 : 1;
}

interface Call {
  readonly command: "status" | "verify" | undefined;
  readonly providers: readonly Target[];
  readonly live: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** The call, or what is wrong with it. */
function readCall(args: string[]): Call | string {
  const flag = { type: "boolean", default: false } as const;
  let parsed;
  try {
    parsed = parseArgs({ args, allowPositionals: true, options: { live: flag, json: flag, help: flag } });
  } catch (error) {
    return error instanceof Error ? error.message : "The call could not be read.";
  }
  const { live, json, help } = parsed.values;
  const [command, ...names] = parsed.positionals;
  if (command !== undefined && command !== "status" && command !== "verify")
    return `There is no command "${command}".`;
  if (command === undefined && live) return "--live goes with status or verify.";
  const unknown = names.find((name) => !targets.some((target) => target === name));
  if (unknown !== undefined) return `There is no provider "${unknown}".`;
  const providers = targets.filter((target) => names.length === 0 || names.includes(target));
  return { command, providers, live, json, help };
}
