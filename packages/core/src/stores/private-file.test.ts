import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import {
  makePrivateFolder,
  type PrivateFile,
  type PrivateFileOptions,
  readPrivateFile,
  readPrivateFileSync,
} from "./private-file.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "private-file-"));
  file = join(folder, "kept");
  writeFileSync(file, "kept", { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true }));

const asText = (read: PrivateFile | undefined): string | undefined =>
  read && new TextDecoder().decode(read.bytes);

const readers: readonly [
  string,
  (path: string, options?: PrivateFileOptions) => Promise<PrivateFile | undefined>,
][] = [
  ["readPrivateFile", readPrivateFile],
  ["readPrivateFileSync", async (path, options) => readPrivateFileSync(path, options)],
];

describe.each(readers)("%s", (_, read) => {
  it("gives what is in the file, and nothing where there is none", async () => {
    expect(asText(await read(file))).toBe("kept");
    expect(await read(join(folder, "missing"))).toBeUndefined();
    expect(await read(join(file, "below"))).toBeUndefined();
  });

  it.runIf(process.platform === "linux")("says so where a file can be opened and not read", async () => {
    const options = { links: "follow", permissions: "any" } as const;
    await expect(read("/proc/self/mem", options)).rejects.toMatchObject({
      message: expect.stringMatching(/^\/proc\/self\/mem cannot be read \(E[A-Z]+\)$/),
      remedy: expect.stringContaining("name another file"),
    });
  });

  it("refuses what others may read or write, with the chmod to type, or only says so", async () => {
    for (const mode of [0o640, 0o604, 0o620, 0o666]) {
      chmodSync(file, mode);
      const reason = `${file} is open to other users (mode ${mode.toString(8)})`;
      const command = `chmod 600 ${file}`;
      const options = { otherwise: "set A" };
      await expect(read(file, options)).rejects.toMatchObject({
        message: reason,
        remedy: `Run ${command}, or set A.`,
      });
      const warned = await read(file, { ...options, permissions: "warn" });
      expect([asText(warned), warned?.problem]).toEqual(["kept", { kind: "mode", reason, command }]);
      const any = await read(file, { ...options, permissions: "any" });
      expect([asText(any), any?.problem]).toEqual(["kept", undefined]);
    }
  });

  it.runIf(process.getuid?.() === 0)("refuses another user's, and reads root's", async () => {
    chownSync(file, 65_534, 65_534);
    await expect(read(file)).rejects.toMatchObject({
      message: `${file} belongs to another user`,
      remedy: `Run chown 0 ${file}, or name another file.`,
    });
    expect((await read(file, { permissions: "warn" }))?.problem?.kind).toBe("owner");
  });

  it("refuses a link, or follows it to what counts", async () => {
    const link = join(folder, "link");
    symlinkSync(file, link);
    await expect(read(link)).rejects.toMatchObject({
      message: `${link} is a symbolic link`,
      remedy: "Name the file that it leads to, or name another file.",
    });
    expect(asText(await read(link, { links: "follow" }))).toBe("kept");
    chmodSync(file, 0o644);
    await expect(read(link, { links: "follow" })).rejects.toThrow("open to other users");
  });

  it("refuses what is no regular file, at once", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", ["-m", "600", pipe]);
    for (const path of [folder, pipe, "/dev/zero"])
      await expect(read(path, { permissions: "any" })).rejects.toThrow("is not a regular file");
  });

  it("reads no more than the limit", async () => {
    await expect(read(file, { maxBytes: 3 })).rejects.toThrow(`${file} is too large (over 3 bytes)`);
    expect(asText(await read(file, { maxBytes: 4 }))).toBe("kept");
    truncateSync(file, 3 * 1024 ** 3);
    await expect(read(file)).rejects.toThrow(`${file} is too large (over 1048576 bytes)`);
  });

  it.runIf(process.platform === "linux")(
    "reads no more than the limit of a file whose size is 0, says the system",
    async () => {
      await expect(read("/proc/self/status", { permissions: "any", maxBytes: 10 })).rejects.toThrow(
        "over 10",
      );
    },
  );

  it("never quotes what is in the file", async () => {
    writeFileSync(file, "canary-private-file-0123456789abcdef");
    chmodSync(file, 0o644);
    for (const options of [{}, { permissions: "any", maxBytes: 3 }] as const)
      await expect(read(file, options)).rejects.not.toThrow("canary");
  });
});

describe("makePrivateFolder", () => {
  it("makes the folder and those above it for the user alone", () => {
    const path = join(folder, "a", "b");
    makePrivateFolder(path);
    for (const one of [path, join(folder, "a")]) expect(statSync(one).mode & 0o777).toBe(0o700);
  });

  it("leaves one that is there as it is", () => {
    chmodSync(folder, 0o755);
    makePrivateFolder(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o755);
  });

  it("names the path of what is in the way", () => {
    for (const path of [file, join(file, "a"), join(file, "a", "b")]) {
      expect(() => makePrivateFolder(path, "set A")).toThrow(
        expect.objectContaining({
          message: expect.stringMatching(
            new RegExp(`^${path} cannot be made: ${file} is not a folder \\(E[A-Z]+\\)$`),
          ),
          remedy: `Remove or rename ${file}, or set A.`,
        }),
      );
    }
  });
});
