import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import path from "node:path";
import { inspect } from "node:util";
import { compileFunction } from "node:vm";

import { expect, it } from "vitest";

import * as core from "./index.ts";
import type { AuthErrorCode } from "./index.ts";

const readme = readFileSync(path.join(import.meta.dirname, "../README.md"), "utf8");

it("README example", async () => {
  const [, code = ""] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? [];
  const printed: string[] = [];
  const log = (...values: unknown[]): void => {
    printed.push(values.map((value) => (typeof value === "string" ? value : inspect(value))).join(" "));
  };
  const body = stripTypeScriptTypes(code.replaceAll(/^import .*$/gm, "").replaceAll(/^export /gm, ""));
  const run = compileFunction(`return (async () => {${body}})()`, [...Object.keys(core), "console"]);
  await run(...Object.values(core), { log });
  const [, promised = ""] = /^\/\/ (.*)$/m.exec(code.slice(code.indexOf("console.log"))) ?? [];
  expect(printed).toEqual([promised]);
});

it("names every error code that there is, and no other", () => {
  const codes: Record<AuthErrorCode, true> = {
    AUTH_PROVIDER_INVALID: true,
    AUTH_TOKEN_NOT_FOUND: true,
    AUTH_TOKEN_SOURCE_FAILED: true,
    AUTH_TOKEN_MALFORMED: true,
    AUTH_TOKEN_EXPIRED: true,
    AUTH_TOKEN_REJECTED: true,
    AUTH_PERMISSION_DENIED: true,
    AUTH_RATE_LIMITED: true,
    AUTH_UNREACHABLE: true,
    AUTH_RESPONSE_MALFORMED: true,
    AUTH_ORIGIN_NOT_ALLOWED: true,
    AUTH_LOGIN_FAILED: true,
    AUTH_OTP_REQUIRED: true,
  };
  const told = [...readme.matchAll(/^\| `(AUTH_[A-Z_]+)`/gm)].map(([, code]) => code);
  expect(new Set(told)).toEqual(new Set(Object.keys(codes)));
  expect(told).toHaveLength(Object.keys(codes).length);
});
