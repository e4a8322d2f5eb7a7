import { readFileSync } from "node:fs";
import path from "node:path";

import { expect, it } from "vitest";

import type { AuthErrorCode } from "./index.ts";
import * as main from "./index.ts";
import * as node from "./node.ts";
import * as service from "./service.ts";
import * as sources from "./sources.ts";
import * as webhooks from "./webhooks.ts";

const readme = readFileSync(path.join(import.meta.dirname, "../README.md"), "utf8");

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

it("names every function and class that there is", () => {
  const names = [main, node, service, sources, webhooks].flatMap((entry) => Object.keys(entry));
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(readme))).toEqual([]);
});

it("names every part of a definition and of a setup", () => {
  const definition = readFileSync(path.join(import.meta.dirname, "provider/definition.ts"), "utf8");
  const membersOf = (type: string): string[] => {
    const [, body = ""] = new RegExp(`interface ${type}<[^{]*\\{\\n(.*?)\\n\\}`, "s").exec(definition) ?? [];
    return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name = ""]) => name);
  };
  const members = ["ProviderDefinition", "ProviderSetup", "VerifyEndpoint"].flatMap(membersOf);
  expect(members.length).toBeGreaterThan(15);
  expect(members.filter((name) => !new RegExp(`\\b${name}\\b`).test(readme))).toEqual([]);
});
