import { execFile, spawn } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { promisify } from "node:util";

import type { Site } from "./ground.ts";
import { canary, createSuite, type Outcome, type Printed, same } from "./suite.ts";

/** Bundles the checks, has workerd serve them, and asks it for what came out. */
export async function runWorkerChecks(workerd: string, site: Site): Promise<Printed> {
  const folder = await mkdtemp(path.join(tmpdir(), "workerd-"));
  try {
    await copyFile(path.join(import.meta.dirname, "worker.capnp"), path.join(folder, "worker.capnp"));
    await promisify(execFile)(process.execPath, [
      path.join(import.meta.dirname, "node_modules/esbuild/bin/esbuild"),
      path.join(import.meta.dirname, "worker.ts"),
      `--outfile=${path.join(folder, "worker.js")}`,
      "--bundle",
      "--format=esm",
      "--conditions=workerd,worker,browser",
      "--log-level=error",
    ]);
    return await serve(workerd, folder, site);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function serve(workerd: string, folder: string, site: Site): Promise<Printed> {
  const child = spawn(workerd, ["serve", "worker.capnp", "--control-fd=3"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const outcomes: Outcome[] = [];
  try {
    for await (const { socket, address } of listening(child.stdio[3] as Readable)) {
      const ask: Ask = (pathname, query = {}) => {
        const search = new URLSearchParams({ ...query, site: JSON.stringify(site) }).toString();
        return fetch(`${address}${pathname}?${search}`, { signal: AbortSignal.timeout(10_000) });
      };
      const everywhere = (await (await ask("/checks")).json()) as Outcome[];
      for (const outcome of [...everywhere, ...(await checkRequestsApart(ask))])
        outcomes.push({ ...outcome, name: `${outcome.name} (${socket} compatibility date)` });
    }
    return { outcomes, printed };
  } catch (error) {
    throw new Error(`workerd printed this:\n${printed}`, { cause: error });
  } finally {
    child.kill();
  }
}

/** workerd says on this channel where each of its two sockets listens. */
async function* listening(control: Readable): AsyncGenerator<{ socket: string; address: string }> {
  let left = 2;
  for await (const line of createInterface({ input: control })) {
    const { event, socket, port } = JSON.parse(line) as { event: string; socket: string; port: number };
    if (event !== "listen") continue;
    yield { socket, address: `http://127.0.0.1:${port}` };
    if (--left === 0) return;
  }
  throw new Error("workerd ended before it listened");
}

type Ask = (pathname: string, query?: Record<string, string>) => Promise<Response>;

/** A promise belongs to the request that made it, and ends with it: others that wait for it wait for ever. */
async function checkRequestsApart(ask: Ask): Promise<readonly Outcome[]> {
  const { check, outcomes } = createSuite();
  const answered = { authorization: `Bearer ${canary}`, key: null };

  await check(
    "requests that come at the same time, and use one auth, do not wait for each other",
    async () => {
      const together = Array.from({ length: 5 }, () => ask("/shared", { name: "together", token: canary }));
      for (const response of await Promise.all(together))
        same([response.status, await response.json()], [200, answered]);
    },
  );

  await check("a request that gives up, and ends, takes no other one with it", async () => {
    const query = { name: "left alone", token: canary };
    const first = ask("/shared", { ...query, giveUpMs: "100" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const second = ask("/shared", query);
    same([(await first).status, await (await second).json()], [500, answered]);
  });

  await check("a request that comes later uses the token that an earlier one found", async () => {
    const response = await ask("/shared", { name: "together", token: "another" });
    same(await response.json(), answered);
  });

  await check("a failure of one request is told to the next", async () => {
    for (const name of ["failing", "failing"]) {
      const response = await ask("/shared", { name });
      same([response.status, (await response.text()).includes("There is none today")], [500, true]);
    }
  });
  return outcomes;
}
