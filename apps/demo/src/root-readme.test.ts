// Runs the `ts` blocks of the root README, with Pylon on loopback, and compares what they print with their comments.
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import path from "node:path";
import { inspect } from "node:util";
import { compileFunction } from "node:vm";

import { formatExplanation, found, isAuthError, pylon } from "@auth/pylon";
import { startFakePylon } from "@auth/pylon/testing";
import { authInterceptor } from "@auth/pylon/undici";
import ky from "ky";
import { Agent, request } from "undici";
import { afterEach, expect, it, vi } from "vitest";

const readme = readFileSync(path.join(import.meta.dirname, "../../../README.md"), "utf8");
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

it.each(blocks)("prints what it says: %#", async (code) => {
  await using fake = await startFakePylon({ tokens: { "made-for-this-run": {} } });
  const platform = globalThis.fetch;
  const there = (input: unknown): string => String(input).replace("https://api.usepylon.com", fake.url);
  vi.stubGlobal("fetch", (input: Request | string | URL, init?: RequestInit) =>
    input instanceof Request
      ? platform(new Request(there(input.url), input), init)
      : platform(there(input), init),
  );
  for (const [name, value] of Object.entries({
    PYLON_API_TOKEN: "made-for-this-run",
    PYLON_API_KEY: undefined,
    PYLON_REGION: undefined,
  })) {
    vi.stubEnv(name, value);
  }

  const printed: string[] = [];
  const log = (...values: unknown[]): void => {
    printed.push(values.map((value) => (typeof value === "string" ? value : inspect(value))).join(" "));
  };
  /** An `Agent` for which Pylon is on loopback. */
  class LoopbackAgent {
    readonly #agent = new Agent().compose(
      (dispatch) => (options, handler) => dispatch({ ...options, origin: fake.url }, handler),
    );
    readonly compose = this.#agent.compose.bind(this.#agent);
  }
  const askTheVault = async (): Promise<object> => ({ token: "made-for-this-run", expiresInMs: 60_000 });
  const names = {
    pylon,
    found,
    askTheVault,
    isAuthError,
    formatExplanation,
    ky,
    Agent: LoopbackAgent,
    request,
    authInterceptor,
  };
  const body = stripTypeScriptTypes(code.replaceAll(/^import .*$/gm, ""));
  const run = compileFunction(`return (async () => {${body}})()`, [...Object.keys(names), "console"]);
  await run(...Object.values(names), { log });

  expect(printed).toEqual(promised(code));
});

/** What each `console.log` of an example is said to print: the comment lines right below it. */
function promised(code: string): string[] {
  const lines = code.split("\n").map((line) => line.trim());
  return lines.flatMap((line, index) => {
    if (!line.includes("console.log(")) return [];
    const below = lines.slice(index + 1);
    const end = below.findIndex((next) => !next.startsWith("//"));
    return [
      below
        .slice(0, end)
        .map((comment) => comment.slice("// ".length))
        .join("\n"),
    ];
  });
}
