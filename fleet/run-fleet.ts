import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { type Rotation, startAuthority } from "./authority.ts";
import { bundleWorker } from "./bundle-worker.ts";
import { startRedis } from "./redis-server.ts";
import { mountSmallDisk } from "./small-disk.ts";
import type { Order, Report } from "./worker.ts";

export interface Outcome {
  readonly generations: number;
  readonly tradesPerGeneration: number;
  /** Logins that ended because a refresh token was used twice, and nobody had died with it. */
  readonly revoked: number;
  /** The same, where the process that had used it was killed, stopped, or outlasted its claim. No client can save these. */
  readonly unavoidable: number;
  readonly requests: number;
  /** Neither while the store was away, nor after a login had ended with a process. */
  readonly failedWhileGood: number;
  /** All others. */
  readonly failed: number;
  readonly longestWaitMs: number;
  readonly kills: number;
  readonly stops: number;
  readonly storeFaults: number;
  readonly durationMs: number;
  /** A few of the failures, in words. */
  readonly problems: readonly string[];
}

export interface FleetOptions {
  readonly processes: number;
  readonly generations: number;
  readonly seed: number;
  readonly store: "file" | "redis";
  readonly lock?: string;
  readonly stopAtRevoked?: boolean;
}

interface Worker {
  readonly name: string;
  readonly child: ChildProcess;
  /** When it was killed, or stopped and continued. */
  readonly interrupted: { readonly from: number; to: number }[];
  readonly won: number[];
  readonly published: number[];
  readonly clockIsSet: boolean;
  /** Whether it has sent a request. One that is killed before dies of the machine being slow. */
  isAtWork: boolean;
}

const lifeMs = 4_000;
/** After a login has ended, or the store was away, everybody has to find out: failures within this time are the same one. */
const aftermathMs = 6_000;

export async function runFleet(options: FleetOptions): Promise<Outcome> {
  const { processes, generations, store, lock, stopAtRevoked = false } = options;
  // A lock by hand fails at rare moments: where the service is slow and the lock ends early, they come sooner.
  const [leaseMs, delayMs] = lock === undefined ? [1_500, 25] : [600, 400];
  const random = randomFrom(options.seed);
  const folder = mkdtempSync(path.join(tmpdir(), "fleet-"));
  const authority = await startAuthority({
    lifeMs,
    delayMs,
    refuseAfterMs: () => (random() < 0.8 ? 200 + random() * 400 : lifeMs),
    random,
  });
  await using redis = store === "redis" ? await startRedis({ durable: true }) : undefined;
  using disk = store === "file" && lock === undefined ? mountSmallDisk(path.join(folder, "disk")) : undefined;
  const storeFolder = path.join(disk?.folder ?? folder, "store");
  const file = path.join(storeFolder, "token");
  if (lock !== undefined) mkdirSync(storeFolder);
  const workerFile = await bundleWorker(folder);

  const all: Worker[] = [];
  const living: Worker[] = [];
  const failures: {
    worker: Worker;
    startedAt: number;
    endedAt: number;
    goodSince: number | undefined;
    problem: string;
  }[] = [];
  const waits: { worker: Worker; startedAt: number; endedAt: number }[] = [];
  let requests = 0;
  let kills = 0;
  let stops = 0;
  const storeFaults: { what: string; from: number; to: number }[] = [];

  function spawn(): void {
    const name = `worker-${all.length}`;
    const order: Order = {
      name,
      url: authority.url,
      leaseMs,
      file: store === "file" ? file : undefined,
      redis: redis?.socket,
      client: all.length % 2 === 0 ? "redis" : "ioredis",
      lock,
      pauseMs: 4 * processes,
      clockIsSet: lock === undefined && all.length % 5 === 4,
    };
    const child = fork(workerFile, [JSON.stringify(order)], {
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const { clockIsSet } = order;
    const worker: Worker = {
      name,
      child,
      clockIsSet,
      interrupted: [],
      won: [],
      published: [],
      isAtWork: false,
    };
    all.push(worker);
    living.push(worker);
    child.on("error", () => undefined);
    child.on("message", (message: Report) => {
      if (message.type === "event") {
        if (message.event === "store.won") worker.won.push(message.at);
        if (message.event === "store.published") worker.published.push(message.at);
        return;
      }
      requests++;
      worker.isAtWork = true;
      const { startedAt, endedAt, problem } = message;
      if (problem !== undefined)
        failures.push({ worker, startedAt, endedAt, goodSince: authority.goodSince(), problem });
      if (endedAt - startedAt > 100) waits.push({ worker, startedAt, endedAt });
    });
  }

  const startedAt = Date.now();
  for (let index = 0; index < processes; index++) spawn();
  let nextFaultAt = startedAt + 4_000;
  while (living.some(({ isAtWork }) => !isAtWork) && Date.now() < startedAt + 120_000) await pause(50);

  const longest = startedAt + 120_000 + generations * 2_500;
  while (authority.rotations.length < generations && Date.now() < longest) {
    if (stopAtRevoked && judged().revoked.length > 0) break;
    // Whoever is killed starts again, which takes a processor a while.
    await pause((0.5 + random()) * Math.max(4_000 / processes, 400));
    const victim = living[Math.floor(random() * living.length)];
    if (victim?.isAtWork === true && victim.interrupted.every(({ to }) => to < Date.now())) {
      if (random() < (lock === undefined ? 0.5 : 0.1)) {
        victim.interrupted.push({ from: Date.now(), to: Number.POSITIVE_INFINITY });
        victim.child.kill("SIGKILL");
        living.splice(living.indexOf(victim), 1);
        kills++;
        spawn();
      } else {
        const stop = { from: Date.now(), to: Number.POSITIVE_INFINITY };
        victim.interrupted.push(stop);
        victim.child.kill("SIGSTOP");
        stops++;
        setTimeout(
          () => {
            victim.child.kill("SIGCONT");
            // What it reports of before is on its way.
            stop.to = Date.now() + 50;
          },
          leaseMs + 200 + random() * 1_000,
        );
      }
    }
    if (lock === undefined && Date.now() > nextFaultAt) {
      nextFaultAt = Date.now() + 3_000 + random() * 4_000;
      const from = Date.now();
      let what: string;
      if (random() < 0.2 && living.every(({ isAtWork }) => isAtWork)) {
        what = "emptied";
        if (redis !== undefined) await redis.restart("empty");
        else rmSync(storeFolder, { recursive: true, force: true });
        // A process that starts now knows the first login only, and would end it: what the others put back has to be there before.
        await pause(leaseMs * 3);
      } else if (redis === undefined) {
        if (disk === undefined) continue;
        what = "full";
        await disk.fillFor(800);
      } else if (random() < 0.5) {
        what = "restarted";
        await redis.restart("with its file");
      } else {
        what = "stopped";
        await redis.standStill(800);
      }
      storeFaults.push({ what, from, to: Date.now() + aftermathMs });
    }
  }
  // The last ones say what they have to say.
  await pause(300);

  for (const { child } of living) child.kill("SIGKILL");
  await Promise.all(
    living.map(async ({ child }) => {
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    }),
  );
  const durationMs = Date.now() - startedAt;
  await authority.close();
  const { revoked, unavoidable, inAftermath } = judged();
  const uninterrupted = waits.filter((wait) => !wasInterrupted(wait));
  const others = failures.filter((failure) => !inAftermath(failure) && !wasInterrupted(failure));
  const whileGood = others.filter(
    ({ goodSince, startedAt: from }) => goodSince !== undefined && goodSince < from,
  );
  if (disk === undefined) rmSync(folder, { recursive: true, force: true });
  return {
    generations: authority.rotations.length,
    tradesPerGeneration: (authority.rotations.length + revoked.length) / authority.rotations.length,
    revoked: revoked.length,
    unavoidable: unavoidable.length,
    requests,
    failedWhileGood: whileGood.length,
    failed: failures.length - whileGood.length,
    longestWaitMs: Math.max(0, ...uninterrupted.map((wait) => wait.endedAt - wait.startedAt)),
    kills,
    stops,
    storeFaults: storeFaults.length,
    durationMs,
    problems: [
      ...revoked.map(story),
      ...new Set(
        whileGood.map(
          ({ problem, worker }) =>
            `${problem}${worker.clockIsSet ? ", where the clock is set" : ""}, while a token was good`,
        ),
      ),
      ...[...new Set(others.map(({ problem }) => problem))].slice(0, 5),
    ],
  };

  function judged() {
    const died = ({ worker: name, at }: Rotation): boolean => {
      const worker = all.find((one) => one.name === name);
      const publishedAt = worker?.published.find((each) => each >= at) ?? Number.POSITIVE_INFINITY;
      const wonAt = worker?.won.findLast((each) => each <= at) ?? 0;
      // Killed or stopped between the rotation and publishing, or so slow, as on a busy machine, that it outlasted its claim.
      const isSlow = lock === undefined && publishedAt - wonAt > leaseMs;
      return isSlow || worker?.interrupted.some(({ from, to }) => from <= publishedAt && to >= at) === true;
    };
    const unavoidableOnes = authority.reuses.filter(({ of }) => died(of));
    return {
      revoked: authority.reuses.filter(({ of }) => !died(of)),
      unavoidable: unavoidableOnes,
      inAftermath: (failure: { startedAt: number; endedAt: number }) =>
        [...storeFaults, ...unavoidableOnes.map(({ at }) => ({ from: at, to: at + aftermathMs }))].some(
          ({ from, to }) => failure.endedAt >= from && failure.startedAt <= to,
        ),
    };
  }

  /** What happened around a login that ended. */
  function story({ of, worker, at }: (typeof authority.reuses)[number]): string {
    const time = (ms: number): string => ((ms - startedAt) / 1000).toFixed(2);
    const holder = all.find(({ name }) => name === of.worker);
    const publishedAt = holder?.published.find((each) => each >= of.at);
    const faults = storeFaults
      .filter(({ from }) => from > of.at - 5_000 && from < at)
      .map(({ what, from }) => `${what} at ${time(from)}`);
    const breaks = (name: string): string[] =>
      (all.find((one) => one.name === name)?.interrupted ?? []).map(
        ({ from, to }) => `${name} stood still from ${time(from)} to ${time(to)}`,
      );
    return [
      `login ended: ${of.worker} rotated at ${time(of.at)}, published ${publishedAt === undefined ? "never" : `at ${time(publishedAt)}`}`,
      `${worker} used the same at ${time(at)}`,
      ...faults,
      ...breaks(of.worker),
      ...breaks(worker),
    ].join("; ");
  }

  function wasInterrupted({ worker, startedAt: from, endedAt: to }: (typeof waits)[number]): boolean {
    return worker.interrupted.some((each) => each.from <= to && each.to >= from);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Mulberry32: the same numbers for the same seed. What the processes do in between, no seed decides. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
}
