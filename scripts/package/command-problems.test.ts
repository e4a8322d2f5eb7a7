import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { afterEach, beforeEach, expect, it } from "vitest";

import { commandProblems } from "./command-problems.ts";

const fit = `#!/usr/bin/env node
const answers = {
  "status": "acme\\n✗ No token was found.\\n  code    AUTH_TOKEN_NOT_FOUND\\n",
  "errors AUTH_TOKEN_REJECTED": "AUTH_TOKEN_REJECTED\\n\\nWhat to do. Replace the token.\\n",
  "fake --help": "Usage: auth-acme fake [options]\\n\\nOperations: GET /me.\\n",
};
process.stdout.write(answers[process.argv.slice(2).join(" ")]);
process.exitCode = process.argv[2] === "status" ? 1 : 0;
`;

let consumer: string;
beforeEach(() => {
  consumer = mkdtempSync(path.join(tmpdir(), "command-problems-"));
});
afterEach(() => {
  rmSync(consumer, { recursive: true });
});

it("finds nothing wrong with a command that says what it should", () => {
  expect(problems(fit)).toEqual([]);
});

it.each([
  ["a file of the bundle is missing", "errors AUTH_TOKEN_REJECTED", 'import "./chunk-lost.js";'],
  ["it says nothing", "fake --help", "console.log = () => {}; process.stdout.write = () => true;"],
  ["it ends with another code", "status", 'process.on("exit", () => { process.exitCode = 3; });'],
])("names what was typed when %s", (_, typed, fault) => {
  const found = problems(fit.replace("\n", `\n${fault}\n`));
  expect(found).toContainEqual(expect.stringMatching(`^@auth/acme: auth-acme ${typed} ends with code \\d`));
});

it("finds a command that the system cannot start", () => {
  expect(problems(fit, { mode: 0o644 })).toContainEqual(
    expect.stringMatching("^@auth/acme: auth-acme status does not run: .*EACCES"),
  );
});

it("does not give the command what the machine has set up", () => {
  process.env["ACME_TOKEN"] = "of-this-machine";
  try {
    const unlessSet = "if (process.env.ACME_TOKEN !== undefined) process.exit(0);";
    expect(problems(fit.replace("\n", `\n${unlessSet}\n`))).toEqual([]);
  } finally {
    delete process.env["ACME_TOKEN"];
  }
});

it("misses the command of a provider, and lets nothing else bring one", () => {
  expect(problems(fit, { bin: {} })).toEqual(['@auth/acme: its commands are "", and should be "auth-acme".']);
  expect(problems(fit, { name: "@auth/core" })).toEqual([
    '@auth/core: its commands are "auth-acme", and should be "".',
  ]);
  expect(problems(fit, { name: "@auth/testing", bin: {} })).toEqual([]);
});

function problems(
  program: string,
  {
    name = "@auth/acme",
    bin = { "auth-acme": "./dist/cli.js" },
    mode = 0o755,
  }: Readonly<{ name?: string; bin?: Record<string, string>; mode?: number }> = {},
): readonly string[] {
  const folder = path.join(consumer, "node_modules", name);
  const file = path.join(folder, "dist/cli.js");
  const links = path.join(consumer, "node_modules/.bin");
  rmSync(links, { recursive: true, force: true });
  for (const each of [path.dirname(file), links]) mkdirSync(each, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name, type: "module", bin }));
  writeFileSync(file, program);
  chmodSync(file, mode);
  for (const command of Object.keys(bin)) symlinkSync(file, path.join(links, command));
  return commandProblems({ name, consumer, node: process.execPath });
}
