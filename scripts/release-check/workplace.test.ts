import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";

import { openWorkplace } from "./workplace.ts";

it("gives back what a program prints", async () => {
  const { folder, run, close } = openWorkplace();
  try {
    const printed = await run(process.execPath, ["--print", "1 + 1"], { cwd: folder });
    expect(printed).toBe("2\n");
  } finally {
    await close();
  }
  expect(existsSync(folder)).toBe(false);
});

it("says which program failed, with all that it printed", async () => {
  const { folder, run, close } = openWorkplace();
  const source = "console.log('to stdout'); console.error('to stderr'); process.exitCode = 3";
  try {
    const failure = run(process.execPath, ["--eval", source], { cwd: folder });
    await expect(failure).rejects.toThrow(/^to stdout\nto stderr\nThis failed: node --eval/);
    await expect(run("no-such-program", [], { cwd: folder })).rejects.toThrow("no-such-program ENOENT");
  } finally {
    await close();
  }
});

it("ends a program that takes too long", async () => {
  const { folder, run, close } = openWorkplace();
  const source = "setInterval(() => {}, 1_000)";
  try {
    const failure = run(process.execPath, ["--eval", source], { cwd: folder, timeoutMs: 100 });
    await expect(failure).rejects.toThrow("This took longer than 0.1 s: node --eval");
  } finally {
    await close();
  }
});

it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "stopped by %s, leaves no folder and no program behind",
  async (signal) => {
    const workplace = new URL("workplace.ts", import.meta.url).href;
    const program = `import { openWorkplace } from ${JSON.stringify(workplace)};
      import { existsSync, readFileSync } from "node:fs";
      const { folder, run } = openWorkplace();
      run(process.execPath, ["--eval", ${JSON.stringify(startsAnother)}], { cwd: folder });
      const seen = setInterval(() => {
        if (!existsSync(folder + "/grandchild")) return;
        clearInterval(seen);
        console.log(JSON.stringify({ folder, grandchild: Number(readFileSync(folder + "/grandchild", "utf8")) }));
      }, 10);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = once(child, "close");
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    const { folder, grandchild } = JSON.parse(line) as { folder: string; grandchild: number };
    writeFileSync(path.join(folder, "half-written"), "");

    child.kill(signal);
    const [code] = (await ended) as [number];

    expect(code).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
    expect(existsSync(folder)).toBe(false);
    await endOf(grandchild);
  },
);

/** A program that starts another, notes which, and then both wait. */
const startsAnother = `
  const { spawn } = require("node:child_process");
  const { renameSync, writeFileSync } = require("node:fs");
  const { pid } = spawn(process.execPath, ["--eval", "setInterval(() => {}, 1_000)"], { stdio: "ignore" });
  writeFileSync("noted", String(pid));
  renameSync("noted", "grandchild");
  setInterval(() => {}, 1_000);`;

/** Resolves when there is no such process; a zombie, which waits for its new parent to notice, counts as gone. */
async function endOf(pid: number): Promise<void> {
  await expect
    .poll(() => {
      try {
        process.kill(pid, 0);
        return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8")) ? "gone" : "alive";
      } catch {
        return "gone";
      }
    })
    .toBe("gone");
}
