import { failed } from "../sources/source.ts";
import { fileProblem } from "./file-problem.ts";
import {
  anyCode,
  listFolder,
  makeFolder,
  modifiedAt,
  occupied,
  removeFile,
  removeFolder,
  renameFile,
  syncFolder,
  touch,
  unless,
  writeNew,
} from "./file-steps.ts";
import { holderIsGone, newHolder } from "./lock-holder.ts";

const fs = /* @__PURE__ */ process.getBuiltinModule("node:fs");
const { join, dirname } = /* @__PURE__ */ process.getBuiltinModule("node:path");

/** Options of {@link withFileLock} and {@link removeLeftBehind}. */
export interface FileLockOptions {
  /** Ends the waiting, with its own reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long the same other holder is waited for. Milliseconds. Default: 15,000. */
  readonly waitMs?: number;
  /** After so long without a sign of life a holder counts as gone, whatever it is. Milliseconds. Default: 10,000. */
  readonly leaseMs?: number;
  /** What the user can do instead: the end of a remedy. Default: `name another file`. */
  readonly otherwise?: string;
}

/** What is handed to the task of {@link withFileLock}. Of use only until the task ends. */
export interface FileLock {
  /**
   * Puts a file in the place of whatever has the path, for this user alone (mode 0600): who reads meanwhile sees the old file or the new
   * one, whole. It is on the disk when this returns. The path must be on the lock's own file system. Throws what `failed` makes where it
   * cannot be written, and where the lock was lost to another process (this one stood still for longer than `leaseMs`): nothing is
   * replaced then.
   */
  replace(path: string, content: string | Uint8Array): void;
  /** The time by the clock of the file system, which is the same for all who use it. Milliseconds since the epoch. */
  now(): number;
}

/**
 * Runs the task while no other process runs one under the same path: of this machine, of another container or of another machine that
 * shares the folder. `path` is the file that is guarded; its folder must be there (`makePrivateFolder`). Inside, read the file, and replace
 * it with `lock.replace`. Keep the task short: fellows wait.
 *
 * A process may die at any point. Its lock is taken over at once where the machine can tell that it is gone (by its number and the time of
 * its start), else when it gave no sign of life for `leaseMs` by the file system's clock. Whatever it left behind, unfinished copies
 * included, is removed by the next one that takes the lock, or by {@link removeLeftBehind}. Nobody has to delete anything by hand.
 *
 * How: `<path>.lock` is a folder. In it each taker makes a folder with one file, both named after the taker, and renames it to `held`,
 * which the system allows only while `held` is absent or empty. So exactly one wins; and as a taker removes a dead holder's files by
 * their own names, never `held` itself, it cannot remove the lock of a live one. Unfinished copies are in `held` too. So a taker has to
 * remove them before it can take the lock, and a holder that stood still and lost it finds no copy to put in place.
 *
 * Rejects with what `failed` makes where the lock cannot be had; with what the task throws; with the signal's reason.
 */
export async function withFileLock<T>(
  path: string,
  task: (lock: FileLock) => T | Promise<T>,
  options: FileLockOptions = {},
): Promise<T> {
  const { signal, waitMs = 15_000, leaseMs = 10_000, otherwise = "name another file" } = options;
  const lock = new HeldFolder(path, leaseMs, otherwise);
  let heartbeat: ReturnType<typeof setInterval> | undefined;
  try {
    let blocking: string | undefined;
    for (let since = 0, pauseMs = 2; ; pauseMs = Math.min(pauseMs * 1.5, 50)) {
      signal?.throwIfAborted();
      const seen = lock.take();
      if (seen === undefined) break;
      if (seen !== blocking) [blocking, since] = [seen, performance.now()];
      else if (performance.now() - since > waitMs)
        throw failed(
          `another program has been saving to ${path} for ${waitMs / 1000} s`,
          `Try again when it has ended, or ${otherwise}.`,
        );
      await pause(pauseMs * (0.5 + Math.random()), signal);
    }
    heartbeat = setInterval(() => lock.showLife(), leaseMs / 4);
    heartbeat.unref?.();
    return await task({ replace: (file, content) => lock.replace(file, content), now: () => lock.now() });
  } finally {
    clearInterval(heartbeat);
    lock.release();
  }
}

/** Removes what processes that died while they saved left beside the file. Costs one look where there is nothing. */
export async function removeLeftBehind(path: string, options: FileLockOptions = {}): Promise<void> {
  try {
    const seen = unless(["ENOTDIR"], () => fs.lstatSync(lockFolder(path), { throwIfNoEntry: false }));
    if (seen === undefined) return;
  } catch (error) {
    throw fileProblem(path, "looked at", error, options.otherwise ?? "name another file");
  }
  await withFileLock(path, () => undefined, options);
}

function lockFolder(path: string): string {
  return `${path}.lock`;
}

/** The lock as it is on the disk. Every step may be the last one of its process. */
class HeldFolder {
  readonly #me = newHolder();
  readonly #path: string;
  readonly #folder: string;
  readonly #held: string;
  readonly #leaseMs: number;
  readonly #otherwise: string;
  #copies = 0;
  #taken = false;

  constructor(path: string, leaseMs: number, otherwise: string) {
    this.#path = path;
    this.#folder = lockFolder(path);
    this.#held = join(this.#folder, "held");
    this.#leaseMs = leaseMs;
    this.#otherwise = otherwise;
  }

  /** Tries once. `undefined`: it is ours. Otherwise whose it is. */
  take(): string | undefined {
    try {
      const now = this.#standBy();
      if (now === undefined) return "somebody who comes or goes";
      if (this.#rename()) {
        // Whoever took us for dead may have removed our file before we renamed its folder.
        this.#taken = this.#isHeld();
        if (this.#taken) return undefined;
      }
      return this.#removeDead(now);
    } catch (error) {
      throw fileProblem(this.#path, "locked", error, this.#otherwise);
    }
  }

  /** Makes our own folder and the file in it, or touches the file, and gives the file system's time. */
  #standBy(): number | undefined {
    if (!makeFolder(this.#folder) && !fs.lstatSync(this.#folder, { throwIfNoEntry: false })?.isDirectory()) {
      this.#removeForeign();
      return undefined;
    }
    const mine = join(this.#folder, this.#me);
    // The folder above may have gone with the last holder.
    return unless(["ENOENT"], () => {
      makeFolder(mine);
      return touch(join(mine, this.#me), fs.constants.O_CREAT);
    });
  }

  /** A file in the place of our folder: of an older version, which made one for milliseconds, or nobody's. */
  #removeForeign(): void {
    const stats = fs.lstatSync(this.#folder, { throwIfNoEntry: false });
    if (stats === undefined || stats.isDirectory() || Date.now() - stats.mtimeMs < this.#leaseMs) return;
    // The system refuses this for a folder, should there be one by now.
    unless(["ENOENT"], () => fs.unlinkSync(this.#folder));
  }

  #rename(): boolean {
    const renamed = unless(["ENOENT", ...occupied], () => {
      fs.renameSync(join(this.#folder, this.#me), this.#held);
      return true;
    });
    return renamed ?? false;
  }

  #isHeld(): boolean {
    return fs.existsSync(join(this.#held, this.#me));
  }

  /** Removes from `held` what the dead left; gives the name of who lives. */
  #removeDead(now: number): string {
    const names = listFolder(this.#held);
    const holders = names.filter((name) => !name.includes(copyMark));
    const live = holders.filter((name) => !this.#isDead(name, join(this.#held, name), now));
    // An unfinished copy lives as long as its holder's own file.
    for (const name of names) {
      const [holder = name] = name.split(copyMark);
      if (!live.includes(holder)) removeFile(join(this.#held, name));
    }
    // Windows gives no folder the name of another one, be that empty.
    if (live.length === 0) removeFolder(this.#held);
    return live.length === 0 ? "somebody who is gone" : live.join(" ");
  }

  #isDead(holder: string, file: string, now: number): boolean {
    if (holderIsGone(holder)) return true;
    const seen = unless(["ENOENT"], () => modifiedAt(file));
    // In the future: the clock was set back.
    return seen === undefined || Math.abs(now - seen) > this.#leaseMs;
  }

  showLife(): void {
    try {
      this.now();
    } catch {
      // The lock is lost, or the disk full: what comes next will say so.
    }
  }

  now(): number {
    const now = unless(["ENOENT"], () => touch(join(this.#held, this.#me)));
    if (now === undefined) throw this.#lost();
    return now;
  }

  replace(path: string, content: string | Uint8Array): void {
    const copy = join(this.#held, `${this.#me}${copyMark}${(this.#copies += 1)}`);
    try {
      writeNew(copy, content);
      // Asked when the copy is there: whoever takes the lock from now on removes the copy first.
      if (!this.#isHeld()) throw this.#lost();
      renameFile(copy, path);
      syncFolder(dirname(path));
    } catch (error) {
      const problem = this.#isHeld() ? fileProblem(path, "written", error, this.#otherwise) : this.#lost();
      removeFile(copy);
      throw problem;
    }
  }

  #lost(): Error {
    return failed(
      `this program stood still while it saved to ${this.#path}, and another one went on`,
      "Try again.",
    );
  }

  /** Leaves nothing behind, whether the lock was had, lost, or never had. */
  release(): void {
    const mine = join(this.#folder, this.#me);
    removeFile(join(mine, this.#me));
    removeFolder(mine);
    if (this.#taken) {
      this.#removeWaiting();
      const names = listFolder(this.#held);
      const others = names.filter((name) => name !== this.#me);
      // Where our own file is gone, the folder is another's, and only our copies are our business.
      const left = names.includes(this.#me) ? others : others.filter((name) => name.startsWith(this.#me));
      for (const name of left) removeFile(join(this.#held, name));
      // Last: from now on somebody else may have it.
      removeFile(join(this.#held, this.#me));
      removeFolder(this.#held);
    }
    removeFolder(this.#folder);
  }

  /** Removes the folders of those who died while they waited. Whoever lives, and is taken for dead, makes another one. */
  #removeWaiting(): void {
    const now = unless(anyCode, () => this.now());
    if (now === undefined) return;
    for (const name of listFolder(this.#folder)) {
      const [folder, file] = [join(this.#folder, name), join(this.#folder, name, name)];
      if (name === "held" || !this.#isDead(name, file, now)) continue;
      removeFile(file);
      removeFolder(folder);
    }
  }
}

/** Between a holder's name and the number of its unfinished copy. */
const copyMark = "~";

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { setTimeout: wait } = process.getBuiltinModule("node:timers/promises");
  // It rejects with an error of its own; the signal's reason is thrown by who waits.
  await wait(ms, undefined, { signal }).catch(() => undefined);
}
