// Prints the bytes that are still held for each call after a million of them.
import process from "node:process";

import { prepare, type SubjectName, subjects } from "./subjects.ts";

const calls = 1_000_000;
const collect = globalThis.gc as () => void;

await prepare();
const { withAuth } = subjects[process.argv[2] as SubjectName];

async function heapAfter(count: number): Promise<number> {
  for (let i = 0; i < count; i++) await withAuth();
  for (let i = 0; i < 4; i++) {
    collect();
    // Finalizers run between two turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

const before = await heapAfter(calls / 20);
console.log(JSON.stringify(Math.max(0, (await heapAfter(calls)) - before) / calls));
