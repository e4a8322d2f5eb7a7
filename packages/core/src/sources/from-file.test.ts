import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

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

describe("of a file that holds more than a token", () => {
  const parse = (text: string): string | undefined => (JSON.parse(text) as { token?: string }).token;
  const remedy = "Run acme login.";

  it("takes what parse gives", async () => {
    write(JSON.stringify({ token: canary, other: 1 }));
    const result = await fromFile(file, { parse }).resolve(contextOf());
    expect(result.outcome === "found" && result.reveal()).toBe(canary);
  });

  it("is unavailable where there is none in it, with what the user of the provider can do", async () => {
    for (const text of ["{}", '{"token":" "}', ""]) {
      write(text);
      expect(await fromFile(file, { parse, remedy }).resolve(contextOf())).toMatchObject({
        outcome: "unavailable",
        remedy,
      });
    }
    rmSync(file);
    expect(await fromFile(file, { parse, remedy }).resolve(contextOf())).toMatchObject({
      reason: `${file} does not exist`,
      remedy,
    });
  });

  it.each<[string, (text: string) => unknown]>([
    [
      "throws",
      () => {
        throw new Error(canary);
      },
    ],
    ["gives a number", () => 5],
    ["gives a promise", () => Promise.reject(new Error(canary))],
  ])("fails without showing it where parse %s", async (_, wrong) => {
    write(canary);
    const source = fromFile(file, { parse: wrong as never, remedy });
    const error = await Promise.resolve(source.resolve(contextOf())).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ remedy, message: expect.stringContaining(file) });
    expect(String(error)).not.toContain(canary);
  });
});

it.skipIf(process.platform === "win32")("reads an open file and says so, where it may be open", async () => {
  write(canary, 0o644);
  const result = await fromFile(file, { permissions: "warn" }).resolve(contextOf());
  expect(result).toMatchObject({
    outcome: "found",
    warning: `${file} is open to other users (mode 644). Run chmod 600 ${file}.`,
  });
  write(canary);
  expect(await fromFile(file, { permissions: "warn" }).resolve(contextOf())).not.toHaveProperty("warning");
});

it.skipIf(process.platform === "win32")(
  "speaks of what the user of a provider can do, where there is a remedy",
  async () => {
    write(canary, 0o644);
    const remedyOf = async (options: object): Promise<unknown> => {
      const source = fromFile(file, options);
      return Promise.resolve(source.resolve(contextOf())).catch(
        (error: unknown) => (error as { remedy: string }).remedy,
      );
    };
    expect(await remedyOf({})).toContain('or pass permissions: "any"');
    expect(await remedyOf({ remedy: "Run acme login." })).toBe(`Run chmod 600 ${file}.`);
  },
);

it("skips a byte order mark, and names another encoding", async () => {
  write(`\uFEFF${canary}\n`);
  const result = await fromFile(file).resolve(contextOf());
  expect(result.outcome === "found" && result.reveal().trim()).toBe(canary);
  const utf16 = Buffer.from(canary, "utf16le");
  for (const bytes of [
    Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]),
    utf16,
    Buffer.concat([Buffer.from([0xfe, 0xff]), utf16.swap16()]),
  ]) {
    writeFileSync(file, bytes);
    await expect(fromFile(file).resolve(contextOf())).rejects.toThrow(`${file} is UTF-16`);
  }
});

describe.skipIf(process.platform === "win32")("of what systemd hands to a unit", () => {
  it("takes a file that the group may read, in the folder of the credentials alone", async () => {
    write(canary, 0o440);
    const look = (CREDENTIALS_DIRECTORY: string): Promise<unknown> =>
      Promise.resolve(fromFile(file).resolve(contextOf({ env: { CREDENTIALS_DIRECTORY } })));
    expect(await look(folder)).toMatchObject({ outcome: "found" });
    expect(await look(`${folder}/`)).toMatchObject({ outcome: "found" });
    for (const elsewhere of ["", "/", path.dirname(folder), path.join(folder, "token"), "."])
      await expect(look(elsewhere)).rejects.toThrow("open to other users (mode 440)");
  });

  it.each([0o444, 0o460, 0o404])(
    "fails where others may read it, or the group may write: mode %o",
    async (mode) => {
      write(canary, mode);
      const source = fromFile(file);
      const env = { CREDENTIALS_DIRECTORY: folder };
      await expect(Promise.resolve(source.resolve(contextOf({ env })))).rejects.toThrow(
        "open to other users",
      );
    },
  );
});

it.skipIf(!isRoot)("says of another user's file, as of a home in a container, whose it is", async () => {
  write(canary);
  chownSync(file, 12_345, 12_345);
  await expect(fromFile(file).resolve(contextOf())).rejects.toMatchObject({
    message: `${file} belongs to another user`,
    remedy: `Run the program as user 12345, whose file it is, or run chown 0 ${file}, or pass permissions: "any" if it is a mounted secret.`,
  });
});
