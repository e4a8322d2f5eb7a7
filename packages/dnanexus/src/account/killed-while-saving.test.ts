import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

import { canary, createSandbox, fakeDNAnexus, login as saved } from "../fixtures/sandbox.ts";
import { logoutOn } from "./logout.ts";
import { loginWithTokenOn } from "./login-with-token.ts";

const source = fileURLToPath(new URL("save-config.ts", import.meta.url));
const secret = "canary-dnanexus-8c7d6e5f4a3b2918";

/** Saves a login in another process, which dies when the file is written and not yet in its place. */
async function dieWhileSaving(directory: string): Promise<void> {
  const program = `
    const fs = process.getBuiltinModule("node:fs");
    const rename = fs.renameSync;
    fs.renameSync = (from, to) => {
      if (to.endsWith("environment.json")) process.kill(process.pid, "SIGKILL");
      rename(from, to);
    };
    const { saveConfig } = await import(${JSON.stringify(source)});
    await saveConfig({ user: process.env.DIRECTORY, session: undefined }, { DX_SECURITY_CONTEXT: process.env.CONTEXT });`;
  const flags = ["--no-warnings", "--conditions=@auth/source", "--input-type=module-typescript", "--eval"];
  const { DX_SECURITY_CONTEXT: CONTEXT } = saved(secret) as { DX_SECURITY_CONTEXT: string };
  const child = spawn(process.execPath, [...flags, program], {
    cwd: dirname(source),
    env: { PATH: process.env["PATH"], DIRECTORY: directory, CONTEXT },
    stdio: "inherit",
  });
  expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
}

function holding(text: string, folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file, "utf8").includes(text));
}

it.each([
  ["before there was a login", "not logged in"],
  ["over another login", "ended"],
])(
  "a program that was killed while it saved %s leaves nothing that a logout does not remove",
  async (when, outcome) => {
    const { home, machine, paths, write } = createSandbox();
    const fake = await fakeDNAnexus();
    const env = { HOME: home, ...fake.environment() };
    if (outcome === "ended") write(paths.user, saved(canary));
    await dieWhileSaving(dirname(paths.user));
    expect([when, holding(secret, home)]).toEqual([when, [expect.any(String)]]);
    expect((await logoutOn(machine)({ env })).outcome).toBe(outcome);
    expect(holding(secret, home)).toEqual([]);
    expect(readdirSync(dirname(paths.user)).filter((name) => name.includes("lock"))).toEqual([]);
  },
);

it("the next login takes its place at once", async () => {
  const { home, machine, paths } = createSandbox();
  const fake = await fakeDNAnexus();
  await dieWhileSaving(dirname(paths.user));
  const env = { HOME: home, ...fake.environment() };
  expect((await loginWithTokenOn(machine)(canary, { env })).saved).toEqual([
    paths.user,
    expect.stringContaining("sessions"),
  ]);
  expect(holding(secret, home)).toEqual([]);
  expect(existsSync(`${paths.user}.lock`)).toBe(false);
});
