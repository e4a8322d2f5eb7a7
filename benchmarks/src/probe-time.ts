// Prints, for several rounds, what one subject adds to a call: as a share of one awaited async function, taken in the
// same round, since the speed of a shared machine changes from one second to the next.
import process from "node:process";

import { prepare, type SubjectName, subjects } from "./subjects.ts";

const batch = 20_000;
const rounds = 24;

async function oneHop(): Promise<object> {
  return subjects;
}

async function timeOf(call: () => unknown): Promise<number> {
  const startedAt = process.hrtime.bigint();
  for (let i = 0; i < batch; i++) await call();
  return Number(process.hrtime.bigint() - startedAt);
}

await prepare();
const { withAuth, byHand } = subjects[process.argv[2] as SubjectName];
const ratios: number[] = [];
for (let round = 0; round < rounds; round++) {
  const hop = await timeOf(oneHop);
  ratios.push(((await timeOf(withAuth)) - (await timeOf(byHand))) / hop);
}
// The first rounds run code that is not optimized yet.
console.log(JSON.stringify(ratios.slice(8)));
