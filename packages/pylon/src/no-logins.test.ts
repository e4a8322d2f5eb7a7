import { build } from "esbuild";
import { expect, it } from "vitest";

/** A program as a bundler makes it for a page or a worker, in one file. */
async function bundled(program: string, conditions: readonly string[]): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: import.meta.dirname },
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["@auth/source", ...conditions],
    logLevel: "silent",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

const program = `
  import { login, logout, pylon, savedLogin } from "./index.ts";
  const codes = [
    login({ token: "not-a-secret" }), logout(), savedLogin(), pylon({ login: true }).token(),
  ].map((task) => task.then(() => "fulfilled", ({ code, remedy }) => code + ": " + remedy));
  export const outcomes = await Promise.all(codes);
`;

it.each([
  ["a page", []],
  ["a worker", ["workerd", "worker"]],
])("is what %s gets: nothing of Node.js, and an error that says what to do", async (_, conditions) => {
  const text = await bundled(program, conditions);
  expect(text).not.toMatch(/(?:from|import)\W*node:|@napi-rs/);
  const { outcomes } = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as {
    readonly outcomes: readonly string[];
  };
  const remedy = "Pass the option token.";
  const failed = `AUTH_LOGIN_FAILED: ${remedy}`;
  expect(outcomes).toEqual([failed, failed, failed, `AUTH_TOKEN_SOURCE_FAILED: ${remedy}`]);
});
