import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

import { afterAll, expect, it } from "vitest";

const home = mkdtempSync(path.join(tmpdir(), "auth-demo-home-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Runs the program as a person would, in an empty home and with no token around. */
function demo(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const main = path.join(import.meta.dirname, "main.ts");
  const env = { PATH: process.env["PATH"], HOME: home, NO_COLOR: "1" };
  const child = spawn(process.execPath, ["--conditions=@auth/source", main, ...args], { env });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

it("runs every step without arguments, and says so", async () => {
  const { code, stdout, stderr } = await demo();
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^Pylon$[\s\S]*^DNAnexus$[\s\S]*^all \d+ as they should be$/m);
});

it("gives the steps as data for programs", async () => {
  const { code, stdout } = await demo("--json");
  const steps = JSON.parse(stdout) as { ok: boolean }[];
  expect([code, steps.every(({ ok }) => ok)]).toEqual([0, true]);
});

it.each([["no-such-command"], ["--no-such-flag"]])("ends with 2 for a wrong call: %s", async (...args) => {
  const { code, stdout, stderr } = await demo(...args);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("Usage: demo");
});
