import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { createSandbox } from "../fixtures/sandbox.ts";
import { withSaveLock } from "./save-lock.ts";

const source = fileURLToPath(new URL("save-lock.ts", import.meta.url));

function lockPath(): string {
  const { home } = createSandbox();
  mkdirSync(home, { recursive: true });
  return join(home, "lock");
}

describe("withSaveLock", () => {
  it("gives up where another program goes on holding it, and leaves it alone", async () => {
    const path = lockPath();
    // This process is running, so that the lock is not one that was left behind.
    const held = `${hostname()} ${process.pid} of-another-save`;
    writeFileSync(path, held);
    let saved = 0;
    await expect(withSaveLock(path, () => (saved += 1), undefined, 50)).rejects.toMatchObject({
      message: "another program has been saving a login for 0.05 s",
      remedy: `Try again; if no other program runs, remove ${path}.`,
    });
    expect(saved).toBe(0);
    expect(readFileSync(path, "utf8")).toBe(held);
    expect(readdirSync(dirname(path))).toEqual(["lock"]);
  });

  it("ends with the signal's reason while it waits", async () => {
    const path = lockPath();
    writeFileSync(path, `${hostname()} ${process.pid} of-another-save`);
    const signal = AbortSignal.timeout(20);
    await expect(withSaveLock(path, () => 1, signal)).rejects.toMatchObject({ name: "TimeoutError" });
    expect(readdirSync(dirname(path))).toEqual(["lock"]);
  });

  it("takes over the lock of a program that was killed while it saved", async () => {
    const path = lockPath();
    const program = `
      import { withSaveLock } from ${JSON.stringify(source)};
      await withSaveLock(process.env.LOCK, () => {
        process.stdout.write("held");
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });`;
    const flags = ["--no-warnings", "--conditions=@auth/source", "--input-type=module-typescript", "--eval"];
    const child = spawn(process.execPath, [...flags, program], {
      cwd: dirname(dirname(source)),
      env: { PATH: process.env["PATH"], LOCK: path },
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    expect(readFileSync(path, "utf8")).toContain(`${hostname()} ${child.pid} `);
    await expect(withSaveLock(path, () => 1, undefined, 50)).rejects.toThrow("another program");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await withSaveLock(path, () => "saved")).toBe("saved");
    expect(readdirSync(dirname(path)).filter((name) => name === "lock")).toEqual([]);
  });

  it("takes over another machine's lock only when it is old", async () => {
    const path = lockPath();
    writeFileSync(path, `another-machine ${process.pid} x`);
    await expect(withSaveLock(path, () => 1, undefined, 50)).rejects.toThrow("another program");
    const old = statSync(path).mtimeMs / 1000 - 31;
    utimesSync(path, old, old);
    expect(await withSaveLock(path, () => "saved")).toBe("saved");
  });

  it("gives the lock back when the save fails", async () => {
    const path = lockPath();
    const fail = (): never => {
      throw new Error("no space");
    };
    await expect(withSaveLock(path, fail)).rejects.toThrow("no space");
    expect(readdirSync(dirname(path))).toEqual([]);
  });
});
