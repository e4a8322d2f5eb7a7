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

// The least of two: what is held for each call is held in both, and what the engine once made for itself is not.
const heaps = [await heapAfter(calls / 20), await heapAfter(calls), await heapAfter(calls)] as const;
const held = Math.min(heaps[1] - heaps[0], heaps[2] - heaps[1]);
console.log(JSON.stringify(Math.max(0, held) / calls));
