import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { createSandbox, login } from "../fixtures/sandbox.ts";
import { saveConfig } from "./save-config.ts";

const source = fileURLToPath(new URL("save-config.ts", import.meta.url));

function set(): ReturnType<typeof createSandbox> & {
  readonly directories: { readonly user: string; readonly session: string };
  readonly json: (path?: string) => unknown;
} {
  const sandbox = createSandbox();
  const { user, session } = sandbox.paths;
  return {
    ...sandbox,
    directories: { user: dirname(user), session: dirname(session) },
    json: (path = user) => JSON.parse(readFileSync(path, "utf8")),
  };
}

describe("saveConfig", () => {
  it("keeps unknown keys, their kinds and their order, and each directory's own values", async () => {
    const { paths, write, directories, json } = set();
    write(paths.user, { OTHER: { list: [1, null] }, DX_USERNAME: "bob", DX_PROJECT_CONTEXT_ID: "project-1" });
    write(paths.session, { DX_PROJECT_CONTEXT_ID: "project-2" });
    write(join(directories.session, "DX_CLI_WD"), "/here");
    await saveConfig(directories, { DX_USERNAME: "alice" });
    const expected = { OTHER: { list: [1, null] }, DX_USERNAME: "alice", DX_PROJECT_CONTEXT_ID: "project-1" };
    expect(readFileSync(paths.user, "utf8")).toBe(`${JSON.stringify(expected, undefined, 4)}\n`);
    expect(json(paths.session)).toEqual({ DX_PROJECT_CONTEXT_ID: "project-2", DX_USERNAME: "alice" });
    expect(readFileSync(join(directories.session, "DX_CLI_WD"), "utf8")).toBe("/here");
    expect(readFileSync(join(directories.user, "DX_USERNAME"), "utf8")).toBe("alice");
  });

  it("closes what was open to others, and writes ASCII alone", async () => {
    const { paths, write, directories } = set();
    write(paths.user, { DX_PROJECT_CONTEXT_NAME: "Größe 🧬" }, 0o644);
    chmodSync(directories.user, 0o755);
    await saveConfig(directories, {});
    expect(lstatSync(paths.user).mode & 0o777).toBe(0o600);
    expect(lstatSync(directories.user).mode & 0o777).toBe(0o700);
    expect(readFileSync(paths.user, "utf8")).toContain(String.raw`Gr\u00f6\u00dfe \ud83e\uddec`);
    expect(readFileSync(join(directories.user, "DX_PROJECT_CONTEXT_NAME"), "utf8")).toBe("Größe 🧬");
  });

  it("loses nothing where several programs save at the same time", async () => {
    const { paths, directories, json } = set();
    const keys = ["DX_JOB_ID", "DX_CLI_WD", "DX_WORKSPACE_ID", "DX_PROJECT_CONTEXT_ID"];
    const flags = ["--no-warnings", "--conditions=@auth/source", "--input-type=module-typescript", "--eval"];
    const program = `
      import { saveConfig } from ${JSON.stringify(source)};
      const { KEY, USER_DIRECTORY, SESSION_DIRECTORY } = process.env;
      // None begins before all are there.
      process.stdout.write("ready");
      await new Promise((resolve) => process.stdin.once("data", resolve));
      process.stdin.destroy();
      for (let count = 1; count <= 5; count += 1)
        await saveConfig({ user: USER_DIRECTORY, session: SESSION_DIRECTORY }, { [KEY]: String(count) });`;
    const { user: USER_DIRECTORY, session: SESSION_DIRECTORY } = directories;
    const cwd = dirname(dirname(source));
    const programs = keys.map((KEY) =>
      spawn(process.execPath, [...flags, program], {
        cwd,
        env: { PATH: process.env["PATH"], KEY, USER_DIRECTORY, SESSION_DIRECTORY },
        stdio: ["pipe", "pipe", "inherit"],
      }),
    );
    const ended = programs.map((child) => once(child, "exit"));
    await Promise.all(programs.map(({ stdout }) => once(stdout, "data")));
    for (const { stdin } of programs) stdin.write("go");
    expect(await Promise.all(ended)).toEqual(keys.map(() => [0, null]));
    const expected = Object.fromEntries(keys.map((key) => [key, "5"]));
    expect(json()).toEqual(expected);
    expect(json(paths.session)).toEqual(expected);
    const left = readdirSync(directories.user).filter((name) => /lock|\.[0-9a-f-]{36}$/.test(name));
    expect(left).toEqual([]);
  });

  it.each(["environment.json", "DX_USERNAME"])("does not write over a link: %s", async (name) => {
    const { directories, home, write } = set();
    const target = write(join(home, "elsewhere.json"), login("kept"));
    mkdirSync(directories.user, { recursive: true });
    symlinkSync(target, join(directories.user, name));
    await expect(saveConfig(directories, { DX_USERNAME: "alice" })).rejects.toMatchObject({
      message: expect.stringContaining("symbolic link"),
      remedy: expect.stringContaining("Replace"),
    });
    expect(JSON.parse(readFileSync(target, "utf8"))).toEqual(login("kept"));
    expect(readdirSync(directories.user)).toEqual([name]);
  });

  it("leaves what has the name of the shell file alone", async () => {
    const { directories, home, json } = set();
    mkdirSync(directories.user, { recursive: true });
    symlinkSync(join(home, "nowhere"), join(directories.user, "unsetenv"));
    await saveConfig(directories, { DX_USERNAME: "alice" });
    expect(json()).toEqual({ DX_USERNAME: "alice" });
    expect(existsSync(join(home, "nowhere"))).toBe(false);
  });

  it.runIf(process.getuid?.() === 0)("does not touch what belongs to another user", async () => {
    const { directories, paths, write } = set();
    chownSync(write(paths.user, {}), 12_345, 12_345);
    await expect(saveConfig(directories, {})).rejects.toMatchObject({
      message: `${paths.user} belongs to another user`,
      remedy: expect.stringContaining("DX_USER_CONF_DIR"),
    });
    expect(lstatSync(paths.user).uid).toBe(12_345);
  });

  it.each(["[]", "{", ""])("does not write over a file that is broken: %j", async (text) => {
    const { directories, paths, write } = set();
    write(paths.session, text);
    await expect(saveConfig(directories, { DX_USERNAME: "alice" })).rejects.toMatchObject({
      message: expect.stringMatching(/not (?:a )?JSON/),
      remedy: `Repair ${paths.session}, or remove it.`,
    });
    expect(readFileSync(paths.session, "utf8")).toBe(text);
    expect(readdirSync(directories.user)).toEqual(["sessions"]);
  });

  it.each(["environment.json", "DX_USERNAME"])(
    "reads no more of a file than it may hold: %s",
    async (name) => {
      const { directories, write } = set();
      const path = write(join(directories.user, name), "");
      // Sparse: it has the size alone.
      truncateSync(path, 3 * 2 ** 30);
      await expect(saveConfig(directories, {})).rejects.toMatchObject({
        message: `${path} is too large (over 1048576 bytes), and is not written over`,
        remedy: expect.stringContaining(`Remove ${path}, or set DX_USER_CONF_DIR`),
      });
    },
  );

  it("does not write over a file that is not UTF-8, whose bytes would be lost", async () => {
    const { directories, paths, write } = set();
    const bytes = Buffer.from('{"DX_USERNAME":"\xff"}', "latin1");
    write(paths.user, bytes);
    await expect(saveConfig(directories, {})).rejects.toMatchObject({
      message: `${paths.user} is not UTF-8, and is not written over`,
    });
    expect(readFileSync(paths.user)).toEqual(bytes);
  });

  it("says so where the directory is a file", async () => {
    const { directories, home } = set();
    mkdirSync(home, { recursive: true });
    writeFileSync(directories.user, "");
    await expect(saveConfig(directories, {})).rejects.toMatchObject({
      message: `${directories.user} is not a directory`,
    });
  });
});
