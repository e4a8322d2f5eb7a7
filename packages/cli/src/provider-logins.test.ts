import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { expect, it, vi } from "vitest";

import { atTerminal, emptyFolder, outcomeOf, run, start } from "./fixtures/run.ts";

// Each call is a process of its own.
vi.setConfig({ testTimeout: 180_000 });

const packages = path.join(import.meta.dirname, "../..");
const programOf = (id: string): string => path.join(packages, id, "src/cli.ts");

async function startFake(id: string): Promise<{ url: string; environment: Record<string, string> }> {
  const child = start(["fake", "--json"], { program: programOf(id) });
  void outcomeOf(child);
  const first = await new Promise<string>((resolve) =>
    child.stdout?.once("data", (text) => resolve(String(text))),
  );
  return JSON.parse(first) as { url: string; environment: Record<string, string> };
}

it("auth-dnanexus logs in by password at a terminal, as dx does, and out again", async () => {
  const { environment } = await startFake("dnanexus");
  const { DX_SECURITY_CONTEXT: _, ...servers } = environment;
  const HOME = emptyFolder();
  const env = { ...servers, HOME };
  const program = programOf("dnanexus");
  const screen = atTerminal(["login"], { env: { ...env, NO_COLOR: "1" }, program });
  await screen.shows("How do you want to log in?");
  screen.type("\r");
  await screen.shows("◆  User name");
  screen.type("alice\r");
  await screen.shows("Password (not shown)");
  screen.type("alice-password\r");
  expect(await screen.ended).toBe(0);
  expect(screen.text()).toContain("Logged in as user");
  expect(screen.text()).not.toContain("alice-password");
  const saved = readFileSync(path.join(HOME, ".dnanexus_config/environment.json"), "utf8");
  expect(saved).toContain("auth_token");

  const verified = await run(["verify", "--json"], { env, program });
  expect(JSON.parse(verified.stdout)).toMatchObject({ identity: { kind: "user", id: "user-alice" } });
  const out = await run(["logout"], { env, program });
  expect(out.stdout.replaceAll(/\s+/g, " ")).toMatch(/The token from file .* is ended/);
  expect((await run(["status"], { env, program })).code).toBe(1);
});

it("auth-dnanexus logs in with a token from a pipe", async () => {
  const { environment } = await startFake("dnanexus");
  const { DX_SECURITY_CONTEXT: context = "{}", ...servers } = environment;
  const { auth_token: token } = JSON.parse(context) as { auth_token: string };
  const env = { ...servers, HOME: emptyFolder() };
  const options = { env, input: token, program: programOf("dnanexus") };
  const { code, stdout, stderr } = await run(["login", "--token-stdin", "--json"], options);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({ identity: { id: "user-alice" } });
  expect(stdout).not.toContain(token);
});

it("auth-dnanexus doctor finds a configuration that is broken", async () => {
  const { environment } = await startFake("dnanexus");
  const { DX_SECURITY_CONTEXT: _, ...servers } = environment;
  const HOME = emptyFolder();
  mkdirSync(path.join(HOME, ".dnanexus_config"), { mode: 0o700 });
  writeFileSync(path.join(HOME, ".dnanexus_config/environment.json"), "{ not json", { mode: 0o600 });
  const { code, stdout } = await run(["doctor"], {
    env: { ...servers, HOME },
    program: programOf("dnanexus"),
  });
  expect(code).toBe(1);
  expect(stdout).toContain("✗ source:");
  expect(stdout).toContain("environment.json");
});

it.each([
  ["pylon", "PYLON_API_TOKEN", "organization"],
  ["slack", "SLACK_BOT_TOKEN", "bot"],
  ["huggingface", "HF_TOKEN", "user"],
  ["anthropic", "ANTHROPIC_API_KEY", "organization"],
])("auth-%s keeps a login in a file, uses it, and deletes it", async (id, variable, kind) => {
  const { url, environment } = await startFake(id);
  const file = path.join(emptyFolder(), `logins/${id}.json`);
  const place = ["--login-file", file, "--base-url", url];
  const program = programOf(id);
  const input = environment[variable] ?? "";
  const made = await run(["login", "--token-stdin", "--login", "acme", ...place], { input, program });
  expect(made).toMatchObject({ code: 0, stderr: "" });
  expect(made.stdout).toContain(`${id}({ login: "acme" })`);
  const used = await run(["verify", "--json", "--login", "acme", ...place], { program });
  expect(JSON.parse(used.stdout)).toMatchObject({ identity: { kind } });
  expect((await run(["logout", "--login", "acme", ...place], { program })).stdout).toContain("is deleted");
  expect((await run(["logout", "--login", "acme", ...place], { program })).stdout).toContain(
    "no saved login",
  );
});

it("auth-pylon doctor says that a token is refused, and where new ones are made", async () => {
  const { url } = await startFake("pylon");
  const options = { env: { PYLON_API_TOKEN: "pylon-token-of-eu" }, program: programOf("pylon") };
  const { code, stdout } = await run(["doctor", "--base-url", url], options);
  expect(code).toBe(1);
  expect(stdout).toMatch(/✗ token: /);
  expect(stdout).toContain("https://app.usepylon.com/settings/api-tokens");
});
