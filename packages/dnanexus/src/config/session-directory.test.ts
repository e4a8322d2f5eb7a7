import { spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { canary, createSandbox, login } from "../fixtures/sandbox.ts";
import { parentInProc, parentProcesses, parentsInPs } from "./parent-processes.ts";
import { sessionDirectory } from "./session-directory.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));

describe("sessionDirectory", () => {
  it("is that of the nearest parent process that has one", () => {
    const { home } = createSandbox();
    for (const name of ["300", "200", "stale"]) mkdirSync(join(home, "sessions", name), { recursive: true });
    expect(sessionDirectory(home, [100, 200, 300, 1])).toBe(join(home, "sessions", "200"));
    expect(readdirSync(join(home, "sessions"))).toHaveLength(3);
  });

  it("ends at whatever has the name of a process, as the toolkit's walk does", async () => {
    const { home, provider, paths, write } = createSandbox();
    const config = dirname(write(paths.user, login(canary)));
    write(join(config, "sessions", "7"), "no directory");
    mkdirSync(join(config, "sessions", "4242"));
    expect(sessionDirectory(config, [5, 7, 4242])).toBe(join(config, "sessions", "7"));
    write(paths.session, login("of-the-session"));
    expect((await provider({ env: { HOME: home } }).token()).source).toBe(`file ${paths.user}`);
  });

  it("is the immediate parent's where none has one, without a walk where there are no sessions", () => {
    const { home } = createSandbox();
    const asked: number[] = [];
    const parents = function* (): Generator<number> {
      for (const pid of [100, 200]) {
        asked.push(pid);
        yield pid;
      }
    };
    expect(sessionDirectory(home, parents())).toBe(join(home, "sessions", "100"));
    expect(asked).toEqual([100]);
    mkdirSync(join(home, "sessions"), { recursive: true });
    expect(sessionDirectory(home, parents())).toBe(join(home, "sessions", "100"));
  });

  it("gives a program the login of the shell that its parent runs in", () => {
    const { home, write, paths } = createSandbox();
    write(paths.user, login("another-token"));
    const program = `
      import { dnanexus } from "@auth/dnanexus";
      const token = await dnanexus().token();
      console.log(JSON.stringify([token.source, token.fingerprint()]));`;
    const session = join(home, ".dnanexus_config", "sessions");
    // The shell's PID names the directory; npm or tsx would stand where the second shell stands.
    const script = `mkdir -p "${session}/$$" && cp "$SAVED" "${session}/$$/environment.json" && echo $$ && sh -c '"$NODE" --no-warnings --conditions=@auth/source --input-type=module-typescript --eval "$PROGRAM"; true'; true`;
    const saved = write(join(home, "saved.json"), login(canary));
    const { stdout, stderr } = spawnSync("sh", ["-c", script], {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: home, NODE: process.execPath, PROGRAM: program, SAVED: saved },
    });
    expect(stderr).toBe("");
    const [shell, found = ""] = stdout.trim().split("\n");
    expect(JSON.parse(found)).toEqual([
      `file ${session}/${shell}/environment.json`,
      expect.stringMatching(/^[0-9a-f]{8}$/),
    ]);
  });
});

describe("parentProcesses", () => {
  it("leads from this process's parent up to the first process", () => {
    const parents = [...parentProcesses()];
    expect(parents[0]).toBe(process.ppid);
    expect(parents).not.toContain(process.pid);
    expect(new Set(parents).size).toBe(parents.length);
  });

  it.runIf(process.platform === "linux")("reads a parent from /proc, whatever the program is called", () => {
    const { home } = createSandbox();
    mkdirSync(home);
    // The kernel shows the first 15 bytes of the file's name.
    const program = join(home, "a) S 1 (b");
    copyFileSync("/bin/cat", program);
    chmodSync(program, 0o700);
    const child = spawn(program, { stdio: ["pipe", "ignore", "ignore"] });
    try {
      expect(child.pid).toBeDefined();
      expect(parentInProc(child.pid ?? 0)).toBe(process.pid);
    } finally {
      child.stdin.end();
    }
    expect(parentInProc(2 ** 30)).toBeUndefined();
  });

  it.skipIf(process.platform === "win32")("reads the same from ps", () => {
    expect(parentsInPs()(process.pid)).toBe(process.ppid);
    expect(parentsInPs()(2 ** 30)).toBeUndefined();
  });
});
