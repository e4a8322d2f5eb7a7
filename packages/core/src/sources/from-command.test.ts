import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { inspect } from "node:util";

import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";

import { canary } from "../fixtures/acme.ts";
import { contextOf } from "../fixtures/context.ts";
import type { SourceResult } from "./source.ts";
import { fromCommand, type FromCommandOptions } from "./from-command.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "auth-command-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const env = { PATH: process.env["PATH"], HOME: tmpdir(), SECRET_OF_OTHERS: "other-secret", ASKED: "asked" };

/** Runs a script with Node.js itself, as a command that exists wherever the tests run. */
function run(
  script: string,
  options: FromCommandOptions & { args?: string[]; signal?: AbortSignal } = {},
): Promise<SourceResult> {
  const { args = [], signal = new AbortController().signal, ...rest } = options;
  return Promise.resolve(
    fromCommand(process.execPath, ["-e", script, ...args], rest).resolve(contextOf({ env, signal })),
  );
}
const print = (text: string): string => `process.stdout.write(${JSON.stringify(text)})`;
const valueOf = (result: SourceResult): unknown =>
  result.outcome === "found" && [result.reveal().trim(), result.expiresAt];

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(canary);
  return error as Error;
}

it.each([
  ["plain", `${canary}\n`, undefined],
  ["JSON", JSON.stringify({ token: canary }), undefined],
  [
    "JSON with milliseconds",
    JSON.stringify({ token: canary, expiresAt: 1_800_000_000_000 }),
    1_800_000_000_000,
  ],
  [
    "JSON with ISO 8601",
    JSON.stringify({ token: canary, expiresAt: "2027-01-15T08:00:00Z" }),
    1_800_000_000_000,
  ],
  ["JSON without an expiry", JSON.stringify({ token: canary, expiresAt: null }), undefined],
])("takes what the command prints for the token: %s", async (_, output, expiresAt) => {
  expect(valueOf(await run(print(output)))).toEqual([canary, expiresAt]);
});

it("is unavailable where the command prints nothing", async () => {
  expect(await run("")).toMatchObject({ outcome: "unavailable" });
});

it("passes arguments as they are, without a shell", async () => {
  const args = ["$(id)", "; echo x", "'quoted'", "*", "a b"];
  const result = await run(
    "process.stdout.write(Buffer.from(process.argv.slice(1).join('|')).toString('hex'))",
    { args },
  );
  expect(Buffer.from(String((valueOf(result) as string[])[0]), "hex").toString()).toBe(args.join("|"));
});

it("passes on only those variables that were asked for", async () => {
  const result = await run("process.stdout.write(Object.keys(process.env).sort().join())", {
    env: ["ASKED", "UNSET"],
  });
  expect((valueOf(result) as string[])[0]).toBe("ASKED,HOME,PATH");
});

describe("fails, and shows none of the output, where the command", () => {
  it("ends with an error", async () => {
    const error = await failureOf(run(`${print(canary)};console.error("${canary}");process.exitCode=3`));
    expect(error.message).toBe(`${process.execPath} ended with code 3 and ${canary.length} bytes of output`);
  });

  it.each([
    ["broken JSON", `{"token": "${canary}"`],
    ["JSON without a token", `{"tokens": "${canary}"}`],
    ["an expiry that is no time", `{"token": "${canary}", "expiresAt": "soon"}`],
    ["an expiry of a wrong type", `{"token": "${canary}", "expiresAt": {}}`],
  ])("prints %s", async (_, output) => {
    expect((await failureOf(run(print(output)))).message).toContain(" printed ");
  });

  it("prints without end", async () => {
    const error = await failureOf(
      run(`setInterval(() => process.stdout.write("${canary}".repeat(1000)), 1)`),
    );
    expect(error.message).toContain("printed more than 65536 bytes");
  });

  it("does not exist", async () => {
    const promise = Promise.resolve(fromCommand("acme-no-such-command", []).resolve(contextOf({ env })));
    expect((await failureOf(promise)).message).toBe("acme-no-such-command could not be started (ENOENT)");
  });

  it("is named by a relative path", async () => {
    for (const file of ["./token.sh", "bin/token", "..\\token"]) {
      await expect(async () => fromCommand(file, []).resolve(contextOf({ env }))).rejects.toThrow(
        "is a relative path",
      );
    }
  });
});

describe("for a command that not everybody has", () => {
  const whenMissing = "unavailable";
  const look = (file: string, more: FromCommandOptions = {}, PATH = folder): Promise<SourceResult> =>
    Promise.resolve(
      fromCommand(file, ["-e", print(canary)], { whenMissing, ...more }).resolve(
        contextOf({ env: { PATH } }),
      ),
    );

  it("sends the next source to look where it is not there, by its name or its path", async () => {
    for (const file of ["acme-cli", path.join(folder, "bin/acme-cli")])
      expect(await look(file)).toEqual({
        outcome: "unavailable",
        reason: `${file} is not installed`,
        remedy: `Install ${file}.`,
      });
    expect(await look("acme-cli", {}, "")).toMatchObject({ outcome: "unavailable" });
  });

  it("takes what it prints where it is there", async () => {
    expect(valueOf(await look(process.execPath))).toEqual([canary, undefined]);
  });

  it("fails where it is there and fails", async () => {
    const failing = fromCommand(process.execPath, ["-e", "process.exit(1)"], { whenMissing });
    await expect(failing.resolve(contextOf({ env }))).rejects.toThrow("ended with code 1");
  });

  it("fails where the folder to run in is missing", async () => {
    await expect(look(process.execPath, { cwd: path.join(folder, "gone") })).rejects.toThrow(
      "could not be started",
    );
  });

  it.skipIf(process.platform === "win32").each([
    ["that leads nowhere", (file: string) => symlinkSync(path.join(folder, "gone"), file)],
    [
      "for an interpreter that is gone",
      (file: string) => writeFileSync(file, "#!/gone/sh\n", { mode: 0o755 }),
    ],
    ["that may not be run", (file: string) => writeFileSync(file, "#!/bin/sh\n", { mode: 0o644 })],
  ])("fails at one %s", async (_, make) => {
    make(path.join(folder, "acme-cli"));
    for (const file of ["acme-cli", path.join(folder, "acme-cli")])
      await expect(look(file)).rejects.toThrow("could not be started");
  });
});

describe("for a tool that is there and not logged in", () => {
  const remedy = "Run acme login.";
  const ending = (code: number, options: FromCommandOptions = {}): Promise<SourceResult> =>
    run(`${print("no")};process.exitCode=${code}`, { remedy, ...options });

  it.each([1, [4, 1]])("sends the next source to look where it ends with %j", async (exitCode) => {
    expect(await ending(1, { unavailableWhen: { exitCode } })).toEqual({
      outcome: "unavailable",
      reason: `${process.execPath} ended with code 1: it has no token`,
      remedy,
    });
  });

  it("fails where it ends in another way, with what the user can do", async () => {
    for (const options of [{}, { unavailableWhen: { exitCode: 2 } }])
      await expect(ending(1, options)).rejects.toMatchObject({
        message: `${process.execPath} ended with code 1 and 2 bytes of output`,
        remedy,
      });
  });

  it("says the same where it prints nothing, or is not installed", async () => {
    expect(await run("", { remedy })).toMatchObject({ outcome: "unavailable", remedy });
    const missing = fromCommand("acme-no-such-command", [], { whenMissing: "unavailable", remedy });
    expect(await missing.resolve(contextOf({ env }))).toMatchObject({ outcome: "unavailable", remedy });
  });
});

interface Descent {
  readonly how: string;
  readonly scriptFor: (pidFile: string) => string;
}

describe.skipIf(process.platform === "win32")(
  "is ended, when the time is up, with all that it started",
  () => {
    const waits = "setInterval(() => {}, 1000)";
    const notes = (file: string): string =>
      `require("fs").writeFileSync(${JSON.stringify(file)}, String(process.pid));${waits}`;
    const starts = (script: string, options: string): string =>
      `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(script)}], ${options})`;

    const itself: Descent = {
      how: "in its group",
      scriptFor: (file) => `${starts(notes(file), '{ stdio: "inherit" }')};${waits}`,
    };
    const session: Descent = {
      how: "in a session of its own, with an output of its own",
      scriptFor: (file) => `${starts(notes(file), '{ stdio: "ignore", detached: true }')};${waits}`,
    };
    const sessions: Descent = {
      how: "by one in a session of its own",
      scriptFor(file) {
        const child = `${starts(notes(file), '{ stdio: "ignore", detached: true }')};${waits}`;
        return `${starts(child, '{ stdio: "ignore", detached: true }')};${waits}`;
      },
    };
    const orphan: Descent = {
      how: "by one that has ended since",
      scriptFor(file) {
        const child = `${starts(notes(file), '{ stdio: "inherit", detached: true }')}.unref()`;
        return `${starts(child, '{ stdio: "inherit", detached: true }')};${waits}`;
      },
    };
    const heir: Descent = {
      how: "though it has ended itself",
      scriptFor: (file) => `${starts(notes(file), '{ stdio: "inherit", detached: true }')}.unref()`,
    };
    const descents = [itself, session, sessions, ...(process.platform === "linux" ? [orphan, heir] : [])];

    it.each(descents)("$how", async ({ scriptFor }) => {
      const pidFile = path.join(folder, "grandchild");
      const controller = new AbortController();
      const pending = failureOf(run(scriptFor(pidFile), { signal: controller.signal }));
      await vi.waitFor(() => expect(existsSync(pidFile) && readFileSync(pidFile, "utf8")).toMatch(/^\d+$/), {
        timeout: 10_000,
      });
      const pid = Number(readFileSync(pidFile, "utf8"));
      onTestFinished(() => {
        if (isAlive(pid)) process.kill(pid, "SIGKILL");
      });
      controller.abort(new Error("the time is up"));
      expect((await pending).message).toBe("the time is up");
      await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5_000 });
    });
  },
);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie has ended, and waits for its new parent to notice.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
