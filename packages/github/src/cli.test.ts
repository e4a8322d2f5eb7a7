import { execFile } from "node:child_process";
import path from "node:path";

import { expect, it } from "vitest";

import { canary } from "./fixtures/github-on-loopback.ts";

/** What `auth-github helper git get` answers. */
function gitPassword(host: string, env: Record<string, string>): Promise<string> {
  const program = path.join(import.meta.dirname, "cli.ts");
  const args = ["--conditions=@auth/source", program, "helper", "git", "get"];
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, args, { env }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
    child.stdin?.end(`protocol=https\nhost=${host}\n\n`);
  });
}

it("the token is git's password for github.com, and that of another host is none for it", async () => {
  const answer = await gitPassword("github.com", { GH_TOKEN: canary });
  expect(answer === `username=x-access-token\npassword=${canary}\n`).toBe(true);
  const server = { GH_HOST: "github.example.com", GH_ENTERPRISE_TOKEN: canary };
  expect(await gitPassword("github.com", server)).toBe("");
  expect(await gitPassword("github.example.com", server)).toBe("");
  expect(await gitPassword("gist.github.com", { GH_TOKEN: canary })).toBe("");
}, 60_000);
