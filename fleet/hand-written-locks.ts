// Locks around a refresh token as programs have them that were written by hand, each with the fault that such programs have.
import { open, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

import { found, type SourceResult } from "@auth/core";

interface Saved {
  readonly login: string;
  readonly token: string;
  readonly refreshToken: string;
  readonly until: number;
}

/** What a lock works with. */
export interface Refresher {
  readonly file: string;
  readonly leaseMs: number;
  /** What a person put in place. */
  readonly login: () => Promise<string>;
  readonly refresh: (
    refreshToken: string,
  ) => Promise<{ token: string; refreshToken: string; lifeMs: number }>;
  readonly reason: "initial" | "expiring" | "rejected";
  /** The token that was refused, or is about to expire. */
  readonly last: string | undefined;
}

export const handWrittenLocks: Readonly<Record<string, (refresher: Refresher) => Promise<SourceResult>>> = {
  /** None at all: the last one who writes wins. */
  none: async (refresher) => use(await refreshFrom(await read(refresher), refresher)),

  /** Whoever has waited long enough goes on without the lock: "better than to hang". */
  async "goes on without it"(refresher) {
    const taken = await take(refresher, refresher.leaseMs / 4);
    try {
      return use((await fresh(refresher)) ?? (await refreshFrom(await read(refresher), refresher)));
    } finally {
      if (taken) await drop(refresher);
    }
  },

  /** A lock that is old is removed, and at the end whatever lock there is: also another's. */
  async "removes another's"(refresher) {
    while (!(await take(refresher, refresher.leaseMs))) await drop(refresher);
    try {
      return use((await fresh(refresher)) ?? (await refreshFrom(await read(refresher), refresher)));
    } finally {
      await drop(refresher);
    }
  },

  /** What is saved is read before the lock is had, and not again. */
  async "reads before it has it"(refresher) {
    const saved = (await fresh(refresher)) ?? undefined;
    if (saved !== undefined) return use(saved);
    const before = await read(refresher);
    while (!(await take(refresher, refresher.leaseMs))) await drop(refresher);
    try {
      return use(await refreshFrom(before, refresher));
    } finally {
      await drop(refresher);
    }
  },

  /** Whether the lock was still had is looked at when everything is done. */
  async "looks when it is too late"(refresher) {
    const mine = `${process.pid} ${Math.random()}`;
    while (!(await take(refresher, refresher.leaseMs, mine))) await drop(refresher);
    const saved = (await fresh(refresher)) ?? (await refreshFrom(await read(refresher), refresher));
    if ((await readFile(lockOf(refresher), "utf8").catch(() => "")) === mine) await drop(refresher);
    return use(saved);
  },
};

function use({ token, until }: Saved): SourceResult {
  return found(token, { expiresAt: until });
}

/** What somebody else has saved meanwhile. */
async function fresh(refresher: Refresher): Promise<Saved | undefined> {
  const saved = await read(refresher);
  const isCurrent =
    saved !== undefined && saved.login === (await refresher.login()) && saved.until > Date.now();
  if (!isCurrent) return undefined;
  return refresher.reason === "initial" || saved.token !== refresher.last ? saved : undefined;
}

async function refreshFrom(saved: Saved | undefined, refresher: Refresher): Promise<Saved> {
  const login = await refresher.login();
  const granted = await refresher.refresh(saved?.login === login ? saved.refreshToken : login);
  const next = { login, ...granted, until: Date.now() + granted.lifeMs };
  const copy = `${refresher.file}.${process.pid}`;
  await writeFile(copy, JSON.stringify(next));
  await rename(copy, refresher.file);
  return next;
}

async function read({ file }: Refresher): Promise<Saved | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Saved;
  } catch {
    return undefined;
  }
}

function lockOf({ file }: Refresher): string {
  return `${file}.lock`;
}

async function take(refresher: Refresher, waitMs: number, content = ""): Promise<boolean> {
  const until = Date.now() + waitMs;
  for (;;) {
    try {
      const handle = await open(lockOf(refresher), "wx");
      await handle.writeFile(content);
      await handle.close();
      return true;
    } catch {
      const { mtimeMs = Date.now() } = (await stat(lockOf(refresher)).catch(() => undefined)) ?? {};
      if (Date.now() > until && Date.now() - mtimeMs > waitMs) return false;
      if (Date.now() > until + waitMs) return false;
    }
    await pause(5 + Math.random() * 10);
  }
}

async function drop(refresher: Refresher): Promise<void> {
  await unlink(lockOf(refresher)).catch(() => undefined);
}
