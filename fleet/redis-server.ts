// A Redis of this program's own, on a Unix socket in a folder of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { Redis } from "ioredis";

export interface RedisServer {
  readonly socket: string;
  /** Ends it as a power cut does, and starts it again: with its append-only file, or empty. */
  restart(what: "empty" | "with its file"): Promise<void>;
  /** Stops its process and lets it go on after so many milliseconds. */
  standStill(ms: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** `durable`: it writes each change to its file before it answers. */
export async function startRedis({ durable }: { readonly durable: boolean }): Promise<RedisServer> {
  const folder = mkdtempSync(path.join(tmpdir(), "fleet-redis-"));
  const socket = path.join(folder, "redis.sock");
  let server = await launch(folder, socket, durable);
  return {
    socket,
    async restart(what) {
      await end(server);
      if (what === "empty") rmSync(path.join(folder, "appendonlydir"), { recursive: true, force: true });
      server = await launch(folder, socket, durable);
    },
    async standStill(ms) {
      server.kill("SIGSTOP");
      await pause(ms);
      server.kill("SIGCONT");
    },
    async [Symbol.asyncDispose]() {
      await end(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function launch(folder: string, socket: string, durable: boolean): Promise<ChildProcess> {
  const settings = durable ? ["--appendonly", "yes", "--appendfsync", "always"] : ["--appendonly", "no"];
  const args = ["--port", "0", "--unixsocket", socket, "--dir", folder, "--save", "", ...settings];
  const server = spawn("redis-server", args, { stdio: "ignore" });
  const failed = once(server, "error").then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined);
  const client = new Redis({ path: socket, lazyConnect: true, retryStrategy: () => null });
  client.on("error", () => undefined);
  for (;;) {
    try {
      await Promise.race([client.connect(), failed]);
      await client.ping();
      client.disconnect();
      return server;
    } catch (error) {
      if (server.exitCode !== null || (error as NodeJS.ErrnoException).syscall === "spawn redis-server")
        throw new Error("redis-server could not be started. It is Debian's package redis-server.", {
          cause: error,
        });
      await pause(20);
    }
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill("SIGKILL");
  await once(server, "exit");
}
