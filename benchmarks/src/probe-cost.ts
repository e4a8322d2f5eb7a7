// Prints what one subject adds to each call: bytes, promises, turns of the microtask queue.
import process from "node:process";
import { promiseHooks } from "node:v8";

import { prepare, type SubjectName, subjects } from "./subjects.ts";

export interface Cost {
  readonly bytes: number;
  readonly promises: number;
  readonly turns: number;
}

const batch = 10_000;
const collect = globalThis.gc as () => void;

async function bytesOf(call: () => unknown): Promise<number> {
  const samples: number[] = [];
  for (let round = 0; round < 16; round++) {
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < batch; i++) await call();
    samples.push((process.memoryUsage().heapUsed - before) / batch);
  }
  // The least of the later rounds: in the first ones the code is not optimized yet, and what the compiler itself puts on the
  // heap falls into any.
  return Math.min(...samples.slice(8));
}

async function promisesOf(call: () => unknown): Promise<number> {
  let count = 0;
  const stop = promiseHooks.onInit(() => count++) as () => void;
  await call();
  stop();
  return count;
}

async function turnsOf(call: () => unknown): Promise<number> {
  let turns = 0;
  let settled = false;
  const turn = (): void => {
    if (settled) return;
    turns++;
    queueMicrotask(turn);
  };
  const result = call();
  if (!(result instanceof Promise)) return 0;
  queueMicrotask(turn);
  await result;
  settled = true;
  return turns;
}

await prepare();
const { withAuth, byHand } = subjects[process.argv[2] as SubjectName];
const cost: Cost = {
  bytes: Math.round((await bytesOf(withAuth)) - (await bytesOf(byHand))),
  promises: (await promisesOf(withAuth)) - (await promisesOf(byHand)),
  turns: (await turnsOf(withAuth)) - (await turnsOf(byHand)),
};
console.log(JSON.stringify(cost));
