import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

import { afterEach, beforeEach, expect, it } from "vitest";

import { canary } from "../fixtures/acme.ts";
import { contextOf } from "../fixtures/context.ts";
import { fromFile } from "./from-file.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "auth-file-"));
  file = path.join(folder, "token");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const isRoot = process.getuid?.() === 0;

function write(text: string, mode = 0o600, where = file): void {
  writeFileSync(where, text);
  chmodSync(where, mode);
}

it("reads a private file each time it is asked", async () => {
  write(`${canary}\n`);
  const source = fromFile(file);
  const first = await source.resolve(contextOf());
  expect(first.outcome === "found" && first.reveal().trim()).toBe(canary);
  write("next");
  const second = await source.resolve(contextOf());
  expect(second.outcome === "found" && second.reveal()).toBe("next");
});

it("is unavailable where there is no file, or nothing in it", async () => {
  expect(await fromFile(file).resolve(contextOf())).toMatchObject({ reason: `${file} does not exist` });
  write(" \n");
  expect(await fromFile(file).resolve(contextOf())).toMatchObject({ reason: `${file} is empty` });
  expect(await fromFile(path.join(file, "below")).resolve(contextOf())).toMatchObject({
    outcome: "unavailable",
  });
});

it.each([0o640, 0o604, 0o644, 0o660, 0o777, 0o601])(
  "refuses a file of mode %o, with the chmod to type",
  async (mode) => {
    write(canary, mode);
    await expect(fromFile(file).resolve(contextOf())).rejects.toMatchObject({
      message: `${file} is open to other users (mode ${mode.toString(8)})`,
      remedy: `Run chmod 600 ${file}, or pass permissions: "any" if it is a mounted secret.`,
    });
  },
);

it("reads any mode where it is told that the platform guards the file", async () => {
  write(canary, 0o644);
  expect(await fromFile(file, { permissions: "any" }).resolve(contextOf())).toMatchObject({
    outcome: "found",
  });
});

it.runIf(isRoot)("refuses a file of another user's, and takes it where that is expected", async () => {
  write(canary);
  chownSync(file, 12_345, 12_345);
  await expect(fromFile(file).resolve(contextOf())).rejects.toThrow("belongs to another user");
  expect(await fromFile(file, { permissions: "any" }).resolve(contextOf())).toMatchObject({
    outcome: "found",
  });
});

it("judges what a link leads to", async () => {
  const link = path.join(folder, "link");
  symlinkSync(file, link);
  write(canary);
  expect(await fromFile(link).resolve(contextOf())).toMatchObject({ outcome: "found" });
  chmodSync(file, 0o644);
  await expect(fromFile(link).resolve(contextOf())).rejects.toThrow("is open to other users");
});

it("refuses what is no regular file, without waiting for it", async () => {
  mkdirSync(path.join(folder, "folder"), { mode: 0o700 });
  await expect(fromFile(path.join(folder, "folder")).resolve(contextOf())).rejects.toThrow(
    "is not a regular file",
  );
  const pipe = path.join(folder, "pipe");
  execFileSync("mkfifo", ["-m", "600", pipe]);
  await expect(fromFile(pipe).resolve(contextOf())).rejects.toThrow("is not a regular file");
});

it("refuses a file that is too large to hold a token", async () => {
  write("x".repeat(70_000));
  await expect(fromFile(file).resolve(contextOf())).rejects.toThrow("too large");
});

it("quotes a path with spaces in the command to type", async () => {
  const odd = path.join(folder, "my token's file");
  write(canary, 0o644, odd);
  await expect(fromFile(odd).resolve(contextOf())).rejects.toMatchObject({
    remedy: expect.stringContaining(`chmod 600 '${folder}/my token'\\''s file'`),
  });
});
