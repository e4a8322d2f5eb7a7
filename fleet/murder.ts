// Many processes that share a login whose refresh tokens are good for one use, while they are killed and stopped at random, and the
// store is restarted and stands still: `npm run check:fleet`, or for a run of its own
//   node --conditions=@auth/source fleet/murder.ts --store redis --processes 50 --generations 1000
import { parseArgs } from "node:util";

import { handWrittenLocks } from "./hand-written-locks.ts";
import { type Outcome, runFleet } from "./run-fleet.ts";

const { values } = parseArgs({
  options: {
    store: { type: "string", multiple: true, default: ["file", "redis"] },
    lock: { type: "string", multiple: true, default: [] },
    processes: { type: "string", default: "6" },
    generations: { type: "string", default: "40" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
  },
});

let isGood = true;
const settings = {
  processes: Number(values.processes),
  generations: Number(values.generations),
  seed: Number(values.seed),
};
console.log(`seed ${settings.seed}, ${settings.processes} processes, ${settings.generations} generations`);

for (const store of values.store) {
  if (store !== "file" && store !== "redis") continue;
  const outcome = await runFleet({ ...settings, store });
  show(`${store} store`, outcome);
  // A busy machine lets a few run out of time.
  const mayFail = outcome.requests / 100;
  if (outcome.revoked > 0 || outcome.failedWhileGood > mayFail || outcome.generations < settings.generations)
    isGood = false;
  for (const problem of outcome.problems) console.log(`  ${problem}`);
}

for (const lock of values.lock.flatMap((name) => (name === "all" ? Object.keys(handWrittenLocks) : [name]))) {
  // Until the first time that it goes wrong.
  const outcome = await runFleet({ ...settings, store: "file", lock, stopAtRevoked: true });
  show(`by hand: ${lock}`, outcome);
  if (outcome.revoked === 0) {
    console.log("  this lock is known to be wrong, and was not caught");
    isGood = false;
  }
}
process.exitCode = isGood ? 0 : 1;

function show(name: string, outcome: Outcome): void {
  const {
    generations,
    tradesPerGeneration,
    revoked,
    unavoidable,
    requests,
    failedWhileGood,
    failed,
    longestWaitMs,
  } = outcome;
  console.log(
    `${name}: ${generations} generations, ${tradesPerGeneration.toFixed(3)} trades each, ${revoked} logins ended, ` +
      `${unavoidable} more with a process that died or stood still after the rotation, or outlasted its claim; ` +
      `${requests} requests, ${failedWhileGood} failed while a token was good, ${failed} more; ` +
      `longest wait ${longestWaitMs} ms; ${outcome.kills} killed, ${outcome.stops} stopped, ${outcome.storeFaults} faults of the store; ` +
      `${(outcome.durationMs / 1000).toFixed(0)} s`,
  );
}
