import { globSync, readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it, vi } from "vitest";

import { outcomeOf, run, type RunOptions, start } from "./fixtures/run.ts";

// Each call is a process of its own.
vi.setConfig({ testTimeout: 180_000 });

const packages = path.join(import.meta.dirname, "../..");
const providers = globSync("*/src/cli.ts", { cwd: packages })
  .map((file) => ({ id: file.split(path.sep)[0] ?? "", program: path.join(packages, file) }))
  .filter(({ id }) => id !== "cli");

interface World {
  /** The options that lead to the fake where no variable does. */
  readonly address: readonly string[];
  readonly options: RunOptions;
  readonly stop: () => Promise<{ readonly stderr: string }>;
}

/** The provider's fake service, started from the shell as a person would. */
async function startFake(program: string, ...scripts: readonly string[]): Promise<World> {
  const child = start(["fake", "--json", ...scripts.flatMap((script) => ["--script", script])], { program });
  const ended = outcomeOf(child);
  const first = await new Promise<string>((resolve) =>
    child.stdout?.once("data", (text) => resolve(String(text))),
  );
  const { url, environment } = JSON.parse(first) as { url: string; environment: Record<string, string> };
  const { port } = new URL(url);
  const named = Object.values(environment).some((value) => value.includes(port));
  return {
    address: named ? [] : ["--base-url", url],
    options: { program, env: environment },
    async stop() {
      child.kill("SIGINT");
      return ended;
    },
  };
}

it("is in every provider", () => {
  const folders = globSync("*/src/undici.ts", { cwd: packages }).map((file) => file.split(path.sep)[0]);
  expect(new Set(providers.map(({ id }) => id))).toEqual(new Set(folders.filter((id) => id !== "core")));
});

describe.each(providers)("auth-$id", ({ id, program }) => {
  it("is the bin of the package", () => {
    const manifest = JSON.parse(readFileSync(path.join(packages, id, "package.json"), "utf8")) as object;
    expect(manifest).toMatchObject({ bin: { [`auth-${id}`]: "./dist/cli.js" } });
    expect(readFileSync(program, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it("works against its own fake: status, verify, token, headers, exec and doctor", async () => {
    const { address, options, stop } = await startFake(program);
    const json = async (...args: readonly string[]): Promise<unknown> => {
      const { code, stdout, stderr } = await run([...args, ...address], options);
      expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: expect.any(String) });
      return JSON.parse(stdout);
    };
    expect(await json("status", "--json")).toMatchObject({
      provider: id,
      outcome: "found",
      warnings: expect.any(Array),
    });
    expect(await json("verify", "--json")).toMatchObject({
      identity: { kind: expect.any(String), id: expect.any(String) },
    });
    const { token } = (await json("token", "--json")) as { token: string };
    expect(token.length).toBeGreaterThan(5);
    expect(Object.values((await json("headers", "/")) as object)).not.toEqual([]);
    expect(await json("headers", "https://elsewhere.example/")).toEqual({});
    expect(await json("doctor", "--json")).toMatchObject({ provider: id, outcome: "ok" });

    const script = "process.stdout.write(Object.values(process.env).join(String.fromCharCode(10)))";
    const inside = await run(["exec", ...address, "--", process.execPath, "-e", script], options);
    expect(inside.stdout).toContain(token);
    for (const args of [["status"], ["verify"], ["doctor"], ["status", "--verify", "--json"]]) {
      const { stdout, stderr } = await run([...args, ...address], options);
      expect(stdout + stderr).not.toContain(token);
    }
    await stop();
  });

  it("lets its fake fail on demand", async () => {
    const help = await run(["fake", "--help"], { program });
    const [, operation = ""] = /Operations: ([^,\n]+)/.exec(help.stdout) ?? [];
    const { stop } = await startFake(program, `${operation}={"status":503}`);
    expect((await stop()).stderr).toBe("");
  });

  it("says where its login is made, or how", async () => {
    const { code, stderr } = await run(["login"], { program });
    expect(code).toBe(2);
    expect(stderr).toMatch(/--token-stdin|auth login|Set [A-Z_]+/);
  });

  it("knows the page of each of its errors", async () => {
    expect((await run(["errors", "AUTH_TOKEN_REJECTED"], { program })).stdout).toContain("What to do.");
  });
});
