import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { expect, it } from "vitest";

import { fakeDNAnexus } from "./fixtures/sandbox.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(folder, "README.md"), "utf8");
const examples = readme.split(/^#+ /m).flatMap((section) => {
  const [title = ""] = section.split("\n");
  return [...section.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => ({ title, code }));
});

it.each(examples)("README example: $title", async ({ title, code }) => {
  const promised = [...code.matchAll(/console\.log\(.*\).*; \/\/ (.*)$/gm)].map(([, text = ""]) => text);
  expect(promised).not.toEqual([]);
  const token = "not-a-secret";
  const project = { id: "project-AAAAAAAAAAAAAAAAAAAAAAAA", name: "demo", members: { alice: "ADMINISTER" } };
  const users = { alice: { password: token, otp: "123456" } };
  const fake = await fakeDNAnexus({ tokens: { [token]: "alice" }, users, projects: [project] });
  const isJob = ["In a job", "Job identity tokens"].includes(title);
  const env = isJob ? fake.jobEnvironment({ launchedWith: token }) : fake.environment(token);
  expect(await printed(code, env)).toEqual(promised);
});

/** What an example prints as a program of its own, in an empty home directory. */
async function printed(code: string, env: Record<string, string>): Promise<string[]> {
  const home = mkdtempSync(join(tmpdir(), "dnanexus-readme-"));
  try {
    const flags = ["--no-warnings", "--conditions=@auth/source", "--input-type=module-typescript"];
    // Below the package's folder, the package is found by its own name.
    const options = { cwd: folder, env: { PATH: process.env["PATH"], ...env, HOME: home } };
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, "--eval", code], options);
    return stdout.trimEnd().split("\n");
  } finally {
    rmSync(home, { recursive: true });
  }
}
