import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { compileFunction } from "node:vm";

import ky from "ky";
import { Agent, request } from "undici";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";

import { fakePylon, fetchFrom } from "./fixtures/pylon-on-loopback.ts";
import {
  discoverRegion,
  isAuthError,
  login,
  logout,
  pylon,
  pylonRetry,
  rateLimitOf,
  requestIdOf,
  savedLogin,
} from "./index.ts";
import { signWebhook, startFakePylon } from "./testing/index.ts";
import { authInterceptor } from "./undici.ts";
import { verifyWebhook } from "./webhooks.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const examples = readme.split(/^#+ /m).flatMap((section) => {
  const [title = ""] = section.split("\n");
  return [...section.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => ({ title, code }));
});

const home = mkdtempSync(path.join(tmpdir(), "pylon-readme-"));
afterAll(() => rmSync(home, { recursive: true }));

beforeEach(async () => {
  const token = "not-a-secret";
  const fake = await fakePylon({ tokens: { [token]: {} } });
  vi.stubEnv("PYLON_API_TOKEN", token);
  vi.stubEnv("PYLON_API_KEY", undefined);
  vi.stubEnv("PYLON_REGION", undefined);
  vi.stubEnv("PYLON_WEBHOOK_SECRET", "whsec-example");
  vi.stubGlobal("fetch", fetchFrom(fake));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

it.each(examples)("README example: $title", async ({ code }) => {
  expect(promised(code)).not.toEqual([]);
  expect(await printed(code)).toEqual(promised(code));
});

/** What an example's comments say that it prints. */
function promised(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text = ""]) => text);
}

/** What an example prints when it is run. */
async function printed(code: string): Promise<string[]> {
  const lines: string[] = [];
  const log = (...values: readonly unknown[]): void => void lines.push(values.map(String).join(" "));
  const names = {
    pylon,
    isAuthError,
    discoverRegion,
    pylonRetry,
    rateLimitOf,
    requestIdOf,
    verifyWebhook,
    signWebhook,
    homedir: () => home,
    login,
    logout,
    savedLogin,
    ky,
    Agent: await loopbackAgent(),
    request,
    authInterceptor,
    startFakePylon,
  };
  const body = stripTypeScriptTypes(code.replaceAll(/^import .*$/gm, ""));
  const run = compileFunction(`return (async () => {${body}})()`, [...Object.keys(names), "console"]);
  await run(...Object.values(names), { log });
  return lines;
}

/** An `Agent` for which Pylon is on loopback. */
async function loopbackAgent(): Promise<new () => { compose: Agent["compose"] }> {
  const { url } = await fakePylon({ tokens: { "not-a-secret": {} } });
  return class {
    readonly #agent = new Agent().compose(
      (dispatch) => (options, handler) => dispatch({ ...options, origin: url }, handler),
    );
    readonly compose = this.#agent.compose.bind(this.#agent);
  };
}
