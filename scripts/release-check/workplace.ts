// Where a release is rehearsed: a temporary folder and the programs that run in it. Closed, neither is left behind,
// also when the rehearsal is interrupted.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

export interface Workplace {
  readonly folder: string;
  /** Resolves to what the program prints to stdout; rejects with all that it printed when it fails. */
  run(file: string, args: readonly string[], options: RunOptions): Promise<string>;
  close(): Promise<void>;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function openWorkplace(): Workplace {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "release-check-")));
  const running = new Map<ChildProcess, Promise<void>>();
  let closing = false;

  const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const onSignal = (signal: (typeof signals)[number]) => {
    console.error(`\nStopped by ${signal}; tidying up.`);
    void close().then(() => process.exit(128 + constants.signals[signal]));
  };
  for (const signal of signals) process.on(signal, onSignal);
  process.on("exit", removeFolder);

  return { folder, run, close };

  function run(file: string, args: readonly string[], { cwd, env, timeoutMs = 180_000 }: RunOptions) {
    // A process group of its own, so that what the program starts in its turn can be ended with it.
    const child = spawn(file, args, {
      cwd,
      env: env ?? process.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      printed += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });

    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      endGroup(child);
    }, timeoutMs);
    const ended = new Promise<number | undefined>((resolve) => {
      child.once("error", (error) => {
        printed += error.message;
        resolve(undefined);
      });
      child.once("close", (code) => resolve(code ?? undefined));
    });
    running.set(
      child,
      ended.then(() => undefined),
    );

    return ended.then((code) => {
      clearTimeout(timer);
      running.delete(child);
      if (closing) return new Promise<never>(() => {}); // who waits is being stopped as well
      if (code === 0) return stdout;
      const how = timedOut ? `took longer than ${timeoutMs / 1_000} s` : "failed";
      throw new Error(`${printed.trimEnd()}\nThis ${how}: ${path.basename(file)} ${args.join(" ")}`);
    });
  }

  async function close(): Promise<void> {
    closing = true;
    for (const child of running.keys()) endGroup(child);
    await Promise.all(running.values());
    removeFolder();
    for (const signal of signals) process.off(signal, onSignal);
    process.off("exit", removeFolder);
  }
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
