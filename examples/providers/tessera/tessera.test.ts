import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import ky from "ky";
import { afterEach, beforeEach, expect, it } from "vitest";

import { tessera } from "./tessera.ts";
import { type FakeTessera, startFakeTessera } from "./testing/fake-tessera.ts";

const canary = "canary-tessera-5b0e9d3c7a1f4826";
const nextCanary = "canary-tessera-c81f2e6a9d047b35";

let fake: FakeTessera;
let folder: string;
beforeEach(async () => {
  fake = await startFakeTessera(canary);
  folder = await mkdtemp(path.join(tmpdir(), "tessera-"));
});
afterEach(async () => {
  await fake.close();
  await rm(folder, { recursive: true });
});

/** A command that prints what a file holds, and the file, in the place of a password manager. */
async function manager(key: string): Promise<{ command: [string, ...string[]]; file: string }> {
  const file = path.join(folder, "key");
  await writeFile(file, key);
  const program = 'process.stdout.write(require("node:fs").readFileSync(process.argv[1], "utf8"))';
  return { command: [process.execPath, "-e", program, file], file };
}

it("sends the key that a command prints, in its own header, with the client that one uses", async () => {
  const { command } = await manager(canary);
  const auth = tessera({ baseUrl: fake.url, env: { TESSERA_API_KEY: nextCanary }, keyCommand: command });
  const api = ky.create({ baseUrl: auth.baseUrl, fetch: auth.fetch });
  expect(await api.get("v1/tiles/3/1/2").text()).toBe("tile 3/1/2");
  expect((await auth.token()).source).toBe(`command ${process.execPath}`);
  expect((await auth.verify()).identity.label).toBe("Atlas");
});

it("runs the command again when the key has been replaced, and sends the request once more", async () => {
  const { command, file } = await manager(canary);
  const auth = tessera({ baseUrl: fake.url, env: {}, keyCommand: command });
  await auth.fetch("/v1/key");
  fake.keys.delete(canary);
  fake.keys.add(nextCanary);
  await writeFile(file, nextCanary);
  expect((await auth.fetch("/v1/key")).status).toBe(200);
  expect(fake.requests).toHaveLength(3);
});

it("does not go on to the environment where the command is broken", async () => {
  const missing = fileURLToPath(new URL("no-such-command", import.meta.url));
  const auth = tessera({ baseUrl: fake.url, env: { TESSERA_API_KEY: canary }, keyCommand: [missing] });
  await expect(auth.fetch("/v1/key")).rejects.toMatchObject({
    code: "AUTH_TOKEN_SOURCE_FAILED",
    remedy: `Install ${missing}, or correct its name.`,
  });
  expect(fake.requests).toEqual([]);
});

it("says how long to wait where the quota is used up, by the clock that it was given", async () => {
  const answer = new Response('{"error":{"type":"quota_exceeded"}}', {
    status: 402,
    headers: { "x-quota-reset": "1800000090" },
  });
  const auth = tessera({ token: canary, fetch: () => Promise.resolve(answer), now: () => 1_800_000_000_000 });
  await expect(auth.verify({ timeoutMs: 1_000 })).rejects.toMatchObject({
    code: "AUTH_RATE_LIMITED",
    retryAfterMs: 90_000,
  });
});
