import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { text as textOf } from "node:stream/consumers";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type FileLock, removeLeftBehind, withFileLock } from "./file-lock.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "file-lock-"));
  file = join(folder, "kept.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const secret = "canary-file-lock-0123456789abcdef";
const lockUrl = new URL("file-lock.ts", import.meta.url).href;

/** Where the system allows it, a process can have file systems of its own. */
const ownMounts = ["unshare", "--map-root-user", "--mount"];
const hasOwnMounts =
  spawnSync("unshare", ["--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", tmpdir()]).status === 0;
/** And process numbers of its own, as in a container. */
const ownNumbers = ["unshare", "--map-root-user", "--pid", "--fork", "--mount-proc"];

/** Runs a program in a process of its own, with `fs`, `file` and `withFileLock`. */
function elsewhere(
  program: string,
  given: Readonly<Record<string, string>> = {},
  by: readonly string[] = [],
) {
  const before = `
    const { fs, file } = { fs: process.getBuiltinModule("node:fs"), file: process.env.FILE };
    const { withFileLock, removeLeftBehind } = await import(${JSON.stringify(lockUrl)});
  `;
  const flags = ["--no-warnings", "--conditions=@auth/source", "--input-type=module-typescript", "--eval"];
  const [command, ...args] = [...by, process.execPath, ...flags, before + program];
  return spawn(command, args, {
    cwd: import.meta.dirname,
    env: { PATH: process.env["PATH"], FILE: file, ...given },
    stdio: ["pipe", "pipe", "inherit"],
  });
}

async function exit(child: ReturnType<typeof elsewhere>): Promise<string> {
  const [output, [code, signal]] = await Promise.all([textOf(child.stdout), once(child, "exit")]);
  if (code !== 0 && signal !== "SIGKILL")
    throw new Error(`The child ended with ${code ?? signal}: ${output}`);
  return output;
}

/** Everything below the folder, with what is in it. */
function everything(): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1), readFileSync(path, "utf8")];
    }),
  );
}

/** Dies at the step with that number: before it, or in the midst of writing. Prints how many steps there are. */
const dying = `
  const dieAt = Number(process.env.DIE_AT);
  let step = 0;
  for (const [name, original] of Object.entries(fs)) {
    if (!name.endsWith("Sync") || typeof original !== "function") continue;
    fs[name] = (...args) => {
      step += 1;
      if (step === dieAt) {
        if (name === "writeFileSync") original(args[0], args[1].slice(0, args[1].length / 2));
        process.kill(process.pid, "SIGKILL");
      }
      return original(...args);
    };
  }
`;

/** The content of a file as the lock of that holder leaves it in the folder of the lock. */
function plant(holder: string, ageMs = 0): string {
  const held = join(`${file}.lock`, "held");
  fs.mkdirSync(held, { recursive: true, mode: 0o700 });
  for (const name of [holder, `${holder}~1`]) {
    fs.writeFileSync(join(held, name), name === holder ? "+" : secret);
    const then = new Date(Date.now() - ageMs);
    fs.utimesSync(join(held, name), then, then);
  }
  return held;
}

describe("withFileLock", () => {
  it("puts a file of the user alone in place, whole, and leaves nothing beside it", async () => {
    const task = (lock: FileLock): string => {
      lock.replace(file, "one");
      lock.replace(file, new TextEncoder().encode("two"));
      return "done";
    };
    expect(await withFileLock(file, task)).toBe("done");
    expect(everything()).toEqual({ "kept.json": "two" });
    expect(readdirSync(folder)).toEqual(["kept.json"]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("gives the lock back where the task fails, at once or later", async () => {
    const failure = new Error("of the task");
    const tasks = [
      () => Promise.reject(failure),
      () => {
        throw failure;
      },
    ];
    for (const task of tasks) {
      await expect(withFileLock(file, task)).rejects.toBe(failure);
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it("lets one at a time in, in one process too", async () => {
    let [inside, most] = [0, 0];
    const task = async (): Promise<void> => {
      most = Math.max(most, (inside += 1));
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => withFileLock(file, task)));
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("ends the wait with the signal's reason, and leaves the holder alone", async () => {
    const [stop, reason] = [new AbortController(), new Error("no longer needed")];
    await withFileLock(file, async (lock) => {
      const waiting = withFileLock(file, () => "never", { signal: stop.signal });
      stop.abort(reason);
      await expect(waiting).rejects.toBe(reason);
      lock.replace(file, "kept");
    });
    expect(everything()).toEqual({ "kept.json": "kept" });
    expect(readdirSync(folder)).toEqual(["kept.json"]);
  });

  it("says so where another program that lives goes on and on, and never tells a person to delete anything", async () => {
    await withFileLock(file, async () => {
      await expect(withFileLock(file, () => "never", { waitMs: 30 })).rejects.toMatchObject({
        message: `another program has been saving to ${file} for 0.03 s`,
        remedy: "Try again when it has ended, or name another file.",
      });
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("loses no change of many processes, of which some are killed at any step", async () => {
    const processes = Number(process.env["AUTH_TEST_PROCESSES"] ?? 8);
    const changes = 5;
    const program = `
      ${dying}
      for (let change = 0; change < ${changes}; change += 1)
        await withFileLock(file, (lock) => {
          const before = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : [];
          lock.replace(file, JSON.stringify([...before, process.env.NAME + "/" + change]));
        });
      console.log("all");
    `;
    const names = Array.from({ length: processes }, (_, index) => index);
    const outputs = await Promise.all(
      names.map((name) =>
        exit(elsewhere(program, { NAME: `${name}`, ...(name % 3 === 0 && { DIE_AT: `${5 + name * 7}` }) })),
      ),
    );
    const kept: string[] = JSON.parse(readFileSync(file, "utf8"));
    expect(new Set(kept).size).toBe(kept.length);
    for (const [name, output] of outputs.entries()) {
      const own = kept.filter((one) => one.startsWith(`${name}/`));
      const expected = Array.from({ length: own.length }, (_, change) => `${name}/${change}`);
      expect(own).toEqual(expected);
      // Who lived made them all.
      expect(own.length).toBeGreaterThanOrEqual(output.includes("all") ? changes : 0);
    }
    await removeLeftBehind(file);
    expect(readdirSync(folder)).toEqual(["kept.json"]);
  }, 120_000);
});

describe("a process that dies while it saves", () => {
  const program = `
    ${dying}
    await withFileLock(file, (lock) => lock.replace(file, ${JSON.stringify(secret)}));
    console.log(step);
  `;

  it("leaves the old file or the new one, and nothing that the next one does not remove, at whichever step", async () => {
    const steps = Number(await exit(elsewhere(program)));
    expect(steps).toBeGreaterThan(15);
    rmSync(file);
    const home = folder;
    const ends = await Promise.all(
      Array.from({ length: steps }, async (_, index) => {
        const own = mkdtempSync(join(home, "step-"));
        const path = join(own, "kept.json");
        fs.writeFileSync(path, "old", { mode: 0o600 });
        const child = elsewhere(program, { DIE_AT: `${index + 1}`, FILE: path });
        const [, signal] = await once(child, "exit");
        const left = readFileSync(path, "utf8");
        await (index % 2 === 0
          ? removeLeftBehind(path)
          : withFileLock(path, (lock) => lock.replace(path, left)));
        return { signal, left, beside: readdirSync(own), kept: readFileSync(path, "utf8") };
      }),
    );
    for (const { signal, left, beside, kept } of ends) {
      expect(signal).toBe("SIGKILL");
      expect(["old", secret]).toContain(left);
      expect([beside, kept]).toEqual([["kept.json"], left]);
    }
    expect(new Set(ends.map(({ left }) => left)).size).toBe(2);
  }, 120_000);

  it("is known as gone at once, though its parent never asks for its end", async () => {
    const child = elsewhere(
      `await withFileLock(file, async () => {
        console.log(process.pid);
        await new Promise((resolve) => setInterval(resolve, 1e9));
      });`,
      {},
      // The parent becomes a program that knows of no child.
      ["sh", "-c", '"$@" <&- & exec cat', "sh"],
    );
    const pid = Number(await once(child.stdout, "data"));
    let tasks = 0;
    const waiting = withFileLock(file, () => (tasks += 1), { leaseMs: 1e9, waitMs: 1e9 });
    expect(tasks).toBe(0);
    process.kill(pid, "SIGKILL");
    expect(await waiting).toBe(1);
    child.stdin.end();
    await once(child, "exit");
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("the lock of somebody of whom this machine knows nothing", () => {
  const stranger = "0123456789abcdef.1.77.aaaaaaaaaaaa";

  it("is left alone while it shows life", async () => {
    const held = plant(stranger);
    const names = readdirSync(held);
    await expect(withFileLock(file, () => "never", { waitMs: 30 })).rejects.toThrow("another program");
    expect(readdirSync(held)).toEqual(names);
    expect(readdirSync(`${file}.lock`)).toEqual(["held"]);
  });

  it.each([11_000, -11_000])(
    "is taken over when it showed none for a while, by the file system's clock (age %i ms)",
    async (ageMs) => {
      plant(stranger, ageMs);
      expect(await withFileLock(file, () => "taken")).toBe("taken");
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it.runIf(hasOwnMounts)(
    "is left alone where it is another container's, and its number is nobody's here",
    async () => {
      const child = elsewhere(
        `await withFileLock(file, async (lock) => {
        console.log(process.pid);
        await new Promise((resolve) => process.stdin.once("data", resolve));
        lock.replace(file, "of the container");
      });
      process.exit();`,
        {},
        ownNumbers,
      );
      expect(Number(await once(child.stdout, "data"))).toBeLessThan(10);
      await expect(withFileLock(file, () => "never", { waitMs: 50 })).rejects.toThrow("another program");
      child.stdin.write("go");
      await once(child, "exit");
      expect(everything()).toEqual({ "kept.json": "of the container" });
      expect(readdirSync(folder)).toEqual(["kept.json"]);
    },
  );

  it("is taken over by exactly one of many", async () => {
    plant(stranger, 11_000);
    const program = `
      process.stdin.once("data", async () => {
        await withFileLock(file, (lock) => {
          const before = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
          lock.replace(file, before + "+");
        });
        process.exit();
      });
      console.log("ready");
    `;
    const children = Array.from({ length: 6 }, () => elsewhere(program));
    await Promise.all(children.map(({ stdout }) => once(stdout, "data")));
    for (const { stdin } of children) stdin.write("go");
    await Promise.all(children.map((child) => once(child, "exit")));
    expect(everything()).toEqual({ "kept.json": "++++++" });
  }, 60_000);

  it("is not that of a process of ours with the same number", async () => {
    const held = plant(stranger.replace(".1.", `.${process.pid}.`));
    await expect(withFileLock(file, () => "never", { waitMs: 30 })).rejects.toThrow("another program");
    expect(readdirSync(held)).toHaveLength(2);
  });
});

describe("a holder that lives", () => {
  it("shows life while its task goes on", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      await withFileLock(file, async () => {
        const held = join(`${file}.lock`, "held");
        const own = join(held, readdirSync(held)[0] ?? "");
        const then = new Date(Date.now() - 9_000);
        fs.utimesSync(own, then, then);
        vi.advanceTimersByTime(2_500);
        expect(Date.now() - statSync(own).mtimeMs).toBeLessThan(8_000);
        await Promise.resolve();
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it("puts nothing in place when it stood still so long that another one went on", async () => {
    const slept = withFileLock(file, async (lock) => {
      const held = join(`${file}.lock`, "held");
      const then = new Date(Date.now() - 11_000);
      fs.utimesSync(join(held, readdirSync(held)[0] ?? ""), then, then);
      await withFileLock(file, (other) => other.replace(file, "of the other"));
      lock.replace(file, secret);
    });
    await expect(slept).rejects.toMatchObject({
      message: `this program stood still while it saved to ${file}, and another one went on`,
      remedy: "Try again.",
    });
    expect(everything()).toEqual({ "kept.json": "of the other" });
    expect(readdirSync(folder)).toEqual(["kept.json"]);
  });

  it("puts nothing in place either while the other one has the lock, nor leaves a copy there", async () => {
    const slept = withFileLock(file, async (lock) => {
      const held = join(`${file}.lock`, "held");
      const then = new Date(Date.now() - 11_000);
      fs.utimesSync(join(held, readdirSync(held)[0] ?? ""), then, then);
      await withFileLock(file, (other) => {
        expect(() => lock.replace(file, secret)).toThrow("stood still");
        expect(() => lock.now()).toThrow("stood still");
        expect(JSON.stringify(everything())).not.toContain(secret);
        other.replace(file, "of the other");
      });
    });
    await slept;
    expect(everything()).toEqual({ "kept.json": "of the other" });
    expect(readdirSync(folder)).toEqual(["kept.json"]);
  });

  it("has its number given to another process: it is gone all the same", async () => {
    const own = await withFileLock(file, () => readdirSync(join(`${file}.lock`, "held"))[0] ?? "");
    const [machine, , , random] = own.split(".");
    // This process lives and has the number, and started at another time.
    plant([machine, process.pid, "1", random].join("."));
    const taken = await withFileLock(file, () => "taken", { leaseMs: 1e9, waitMs: 30 }).catch(String);
    // Only Linux tells when a process started. Elsewhere the lease ends it.
    expect(taken).toMatch(process.platform === "linux" ? "taken" : "another program");
  });
});

describe("a place where no lock can be", () => {
  it.each([
    [
      "the folder is not there",
      () => join(folder, "no", "kept.json"),
      /cannot be locked \(ENOENT\)$/,
      /Make the folder/,
    ],
    [
      "a file is in the way",
      () => (fs.writeFileSync(file, ""), join(file, "deep", "kept.json")),
      /kept\.json\/deep\/kept\.json cannot be locked: \S+\/kept\.json is not a folder \(\w+\)$/,
      /^Remove or rename \S+\/kept\.json, or set A\.$/,
    ],
    [
      "nobody may write",
      () => "/proc/self/kept.json",
      /cannot be locked \(\w+\)$/,
      /, or set A\.$|Make the folder/,
    ],
  ])("%s: says so, with the path", async (_, at, message, remedy) => {
    const path = at();
    await expect(withFileLock(path, () => 1, { otherwise: "set A" })).rejects.toMatchObject({
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    });
  });

  it.runIf(hasOwnMounts)("a full disk: says so, keeps the old file and no copy", async () => {
    const child = elsewhere(
      `
      const mounted = (await import("node:path")).dirname(file);
      fs.writeFileSync(file, "old", { mode: 0o600 });
      const tries = [];
      for (const text of ["x".repeat(100_000), "new"])
        tries.push(await withFileLock(file, (lock) => lock.replace(file, text)).then(() => "kept", String));
      console.log(JSON.stringify({ tries, names: fs.readdirSync(mounted), text: fs.readFileSync(file, "utf8") }));
      `,
      { FOLDER: folder },
      [...ownMounts, "sh", "-c", 'mount -t tmpfs -o size=32k none "$FOLDER" && exec "$@"', "sh"],
    );
    expect(JSON.parse(await exit(child))).toEqual({
      tries: [`Error: ${file} cannot be written (ENOSPC)`, "kept"],
      names: ["kept.json"],
      text: "new",
    });
  });

  it.runIf(hasOwnMounts)("a read-only file system: says so", async () => {
    const child = elsewhere(
      `await withFileLock(file, () => 1).catch(({ message, remedy }) => console.log(message + "\\n" + remedy));`,
      { FOLDER: folder },
      [...ownMounts, "sh", "-c", 'mount -t tmpfs -o ro none "$FOLDER" && exec "$@"', "sh"],
    );
    expect(await exit(child)).toBe(
      `${file} cannot be locked (EROFS)\nMake ${folder} writable: it is on a read-only file system. Or name another file.\n`,
    );
  });

  it("a file of that name: is left for a while, and then removed", async () => {
    fs.writeFileSync(`${file}.lock`, secret);
    await expect(withFileLock(file, () => 1, { waitMs: 20 })).rejects.toThrow("another program");
    expect(everything()).toEqual({ "kept.json.lock": secret });
    const then = new Date(Date.now() - 11_000);
    fs.utimesSync(`${file}.lock`, then, then);
    await removeLeftBehind(file);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("a folder in the place of the file: says so, and keeps no copy", async () => {
    fs.mkdirSync(join(file, "full"), { recursive: true });
    await expect(withFileLock(file, (lock) => lock.replace(file, secret))).rejects.toMatchObject({
      message: expect.stringMatching(/kept\.json cannot be written \(\w+\)$/),
    });
    expect(everything()).toEqual({});
    expect(readdirSync(folder)).toEqual(["kept.json"]);
  });
});
