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
  import { huggingface, login, savedLogin } from "./index.ts";
  const codes = [
    login({ token: "not-a-secret" }), savedLogin(), huggingface({ login: true, env: {} }).token(),
    huggingface({ env: { HOME: "/home/ada" } }).token(), huggingface({ env: { HF_TOKEN: "not-a-secret" } }).token(),
  ].map((task) => task.then(({ source }) => source, ({ code, remedy }) => code + ": " + remedy));
  export const outcomes = await Promise.all(codes);
`;

it.each([
  ["a page", []],
  ["a worker", ["workerd", "worker"]],
])(
  "is what %s gets: nothing of Node.js, the variables, and an error that says what to do",
  async (_, conditions) => {
    const text = await bundled(program, conditions);
    expect(text).not.toMatch(/(?:from|import)\W*node:|@napi-rs/);
    const { outcomes } = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as {
      readonly outcomes: readonly string[];
    };
    expect(outcomes).toEqual([
      "AUTH_LOGIN_FAILED: Pass the option token.",
      "AUTH_LOGIN_FAILED: Pass the option token.",
      "AUTH_TOKEN_SOURCE_FAILED: Pass the option token.",
      expect.stringMatching(/^AUTH_TOKEN_NOT_FOUND: .*HF_TOKEN/),
      "env HF_TOKEN",
    ]);
  },
);
