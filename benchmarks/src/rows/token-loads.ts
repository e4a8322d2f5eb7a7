import process from "node:process";

import { found } from "@auth/core";
import { pylon } from "@auth/pylon";

import { exactly, type Row } from "../row.ts";

const url = "https://api.usepylon.com/me";
const crowd = 10_000;

/** How often the sources are asked, whatever the number of those who ask. */
export async function tokenLoads(): Promise<Row[]> {
  let unhandled = 0;
  process.on("unhandledRejection", () => unhandled++);
  const rows = [
    await coldCallers(),
    await expiredCallers(),
    await failingSource(),
    await failingSourceInTurn(),
    await lateRefusals(),
    ...(await sourceDownBeforeExpiry()),
  ];
  await turnOfTheLoop();
  return [...rows, exactly("unhandled rejections in all of these", unhandled, 0)];
}

async function coldCallers(): Promise<Row> {
  const { auth, source } = authOf(() => "first");
  await times(crowd, () => auth.headers(url));
  return exactly("10,000 callers, no token yet: loads", source.loads, 1);
}

async function expiredCallers(): Promise<Row> {
  const { auth, source, clock } = authOf(() =>
    found(`token-${source.loads}`, { expiresAt: clock.now + 60_000 }),
  );
  await auth.headers(url);
  clock.now += 60_001;
  await times(crowd, () => auth.headers(url));
  return exactly("10,000 callers, token expired: loads", source.loads - 1, 1);
}

async function failingSource(): Promise<Row> {
  const { auth, source, clock } = authOf(() => {
    throw new Error("down");
  });
  // Everyone tries again at once, within the same pause.
  await times(crowd, () => auth.headers(url).catch(() => auth.headers(url).catch(() => undefined)));
  const first = source.loads;
  // Longer than any first pause.
  clock.now += 1_001;
  await times(crowd, () => auth.headers(url).catch(() => auth.headers(url).catch(() => undefined)));
  return exactly(
    "10,000 callers, source fails, all retry: loads in each of 2 pauses",
    `${first}, ${source.loads - first}`,
    "1, 1",
  );
}

async function failingSourceInTurn(): Promise<Row> {
  const { auth, source } = authOf(() => {
    throw new Error("down");
  });
  for (let i = 0; i < 40; i++) await auth.headers(url).catch(() => undefined);
  return exactly("40 callers in turn, source fails: loads", source.loads, 1);
}

/** Half of the refusals come after the new token is there: they are about the old one, and no reason to ask again. */
async function lateRefusals(): Promise<Row> {
  const late = Promise.withResolvers<void>();
  let sent = 0;
  const service: typeof fetch = async (_, init) => {
    const isNew = new Headers(init?.headers).get("authorization") === "Bearer new";
    if (!isNew && sent++ % 2 === 1) await late.promise;
    return new Response("{}", { status: isNew ? 200 : 401 });
  };
  const { auth, source } = authOf(() => (source.loads === 1 ? "old" : "new"), service);
  await auth.token();
  const answers = times(1_000, () => auth.fetch(url));
  for (let i = 0; i < 50; i++) await turnOfTheLoop();
  late.resolve();
  const served = (await answers).filter(({ status }) => status === 200).length;
  return exactly(
    "1,000 refusals of an old token, half of them late: loads, served",
    `${source.loads - 1}, ${served}`,
    "1, 1000",
  );
}

async function sourceDownBeforeExpiry(): Promise<Row[]> {
  const { auth, source, clock } = authOf(() => {
    if (source.loads > 1) throw new Error("down");
    return found("token", { expiresAt: clock.now + 3_600_000 });
  });
  await auth.headers(url);
  clock.now += 3_540_000;
  let served = 0;
  const callers = times(crowd, () => auth.headers(url).then(() => served++));
  // Whoever has no answer when the promises have run is waiting for the source.
  await new Promise<void>((resolve) => process.nextTick(() => queueMicrotask(() => queueMicrotask(resolve))));
  const atOnce = served;
  await callers;
  return [
    exactly("60 s left and the source down: served, waiting", `${served}, ${crowd - atOnce}`, `${crowd}, 0`),
    exactly("60 s left and the source down: loads", source.loads - 1, 1),
  ];
}

/** An auth with a clock that stands still, and a count of what its source was asked. */
function authOf(answer: () => string | ReturnType<typeof found>, fetch?: typeof globalThis.fetch) {
  const clock = { now: 1_800_000_000_000 };
  const source = { loads: 0 };
  const token = async () => {
    source.loads++;
    await turnOfTheLoop();
    return answer();
  };
  const auth = pylon({ token, env: {}, now: () => clock.now, ...(fetch && { fetch }) });
  return { auth, source, clock };
}

function times<T>(count: number, call: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, call));
}

function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
