import { systemCode } from "./file-problem.ts";

const fs = /* @__PURE__ */ process.getBuiltinModule("node:fs");

// The steps on the disk that the lock is made of. Each is one question to the system, or reads as one.

// Windows says EPERM or EACCES where others say ENOTEMPTY, and EBUSY while somebody looks.
const onWindows = process.platform === "win32" ? ["EPERM", "EACCES", "EBUSY"] : [];
/** The codes for a name that is taken. */
export const occupied = ["ENOTEMPTY", "EEXIST", ...onWindows];

/** Whatever the system says. */
export const anyCode = "any";

/** What the task gives; `undefined` where the system refuses it with one of the codes. */
export function unless<T>(codes: readonly string[] | typeof anyCode, task: () => T): T | undefined {
  try {
    return task();
  } catch (error) {
    if (codes === anyCode || codes.includes(systemCode(error) ?? "")) return undefined;
    throw error;
  }
}

/** Whether it was made. */
export function makeFolder(path: string): boolean {
  const made = unless(["EEXIST"], () => {
    fs.mkdirSync(path, 0o700);
    // The umask may have taken something from it.
    fs.chmodSync(path, 0o700);
    return true;
  });
  return made ?? false;
}

export function listFolder(folder: string): readonly string[] {
  return unless(anyCode, () => fs.readdirSync(folder)) ?? [];
}

export function removeFile(file: string): void {
  unless(anyCode, () => fs.unlinkSync(file));
}

/** Only where it is empty. */
export function removeFolder(folder: string): void {
  unless(anyCode, () => fs.rmdirSync(folder));
}

/** Sets the file's time by the file system's own clock, which writing does, and gives it. */
export function touch(path: string, create = 0): number {
  const { O_WRONLY, O_NOFOLLOW } = fs.constants;
  const file = fs.openSync(path, O_WRONLY | O_NOFOLLOW | create, 0o600);
  try {
    fs.fchmodSync(file, 0o600);
    fs.writeSync(file, "+", 0);
    return fs.fstatSync(file).mtimeMs;
  } finally {
    fs.closeSync(file);
  }
}

/** By an open file: what a network file system says of a path may be a minute old. */
export function modifiedAt(path: string): number {
  const file = fs.openSync(path, "r");
  try {
    return fs.fstatSync(file).mtimeMs;
  } finally {
    fs.closeSync(file);
  }
}

/** A file for this user alone, and on the disk when this returns. */
export function writeNew(path: string, content: string | Uint8Array): void {
  const file = fs.openSync(path, "wx", 0o600);
  try {
    fs.fchmodSync(file, 0o600);
    fs.writeFileSync(file, content);
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}

export function renameFile(from: string, to: string): void {
  for (let tries = 1; ; tries += 1) {
    const renamed = unless(tries < 20 ? onWindows : [], () => {
      fs.renameSync(from, to);
      return true;
    });
    if (renamed) return;
    // A virus scanner, or whoever reads the old file, has it open for a moment.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
}

/** So that the new name is on the disk as well. Not every system can. */
export function syncFolder(path: string): void {
  unless(anyCode, () => {
    const folder = fs.openSync(path, "r");
    try {
      fs.fsyncSync(folder);
    } finally {
      fs.closeSync(folder);
    }
  });
}
