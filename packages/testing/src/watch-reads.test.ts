import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import process from "node:process";

import { describe, expect, it } from "vitest";

import { watchReads } from "./watch-reads.ts";

describe("watchReads", () => {
  it.each<[string, () => unknown, string]>([
    ["a variable", () => process.env["ACME_TOKEN"], "process.env.ACME_TOKEN"],
    ["whether there is a variable", () => "ACME_TOKEN" in process.env, "process.env.ACME_TOKEN"],
    ["all variables", () => ({ ...process.env }), "process.env.*"],
    ["a file", () => readFileSync(import.meta.filename), "fs.readFileSync"],
    ["whether there is a file", () => existsSync("/nowhere"), "fs.existsSync"],
    ["what a file is", () => statSync("/"), "fs.statSync"],
    ["a file, later", () => void readFile("/nowhere").catch(() => undefined), "fs.promises.readFile"],
    ["a command", () => execFileSync(process.execPath, ["--version"]), "child_process.execFileSync"],
    ["a socket", () => void connect(9, "127.0.0.1").on("error", () => undefined), "a socket (connect)"],
    ["the network", () => void fetch("http://127.0.0.1:9").catch(() => undefined), "fetch"],
    ["the clock", () => Date.now(), "the clock"],
    ["the clock, as a date", () => new Date(), "the clock"],
    ["the other clock", () => performance.now(), "performance.now"],
    ["a timer", () => clearTimeout(setTimeout(() => undefined)), "setTimeout"],
  ])("sees a look at %s", (_, look, seen) => {
    expect(watchReads(() => void look())).toContain(seen);
  });

  it("sees nothing where nothing is looked at, and leaves everything as it was", () => {
    const before = [Date, fetch, process.env, setTimeout, readFileSync, existsSync];
    expect(watchReads(() => void new Date(0).toISOString())).toEqual([]);
    expect([Date, fetch, process.env, setTimeout, readFileSync, existsSync]).toEqual(before);
    expect(() =>
      watchReads(() => {
        throw new Error("failed");
      }),
    ).toThrow("failed");
    expect(readFileSync(import.meta.filename, "utf8")).toContain("watchReads");
    expect(Date.now()).toBeGreaterThan(0);
  });
});
