import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import path from "node:path";
import { compileFunction } from "node:vm";

import { defineProvider, fromEnv, ownText } from "@auth/core";
import { expect, it } from "vitest";

import { rules } from "./rules.ts";
import { testProvider } from "./test-provider.ts";

const readme = readFileSync(path.join(import.meta.dirname, "../README.md"), "utf8");

// README example: its provider is tested here, as its reader's would be.
const [, example = ""] = /^```ts no-run: [^\n]*\n(.*?)^```$/ms.exec(readme) ?? [];
const code = stripTypeScriptTypes(example.replaceAll(/^import .*$/gm, ""));
compileFunction(code, ["defineProvider", "fromEnv", "ownText", "testProvider"])(
  defineProvider,
  fromEnv,
  ownText,
  testProvider,
);

it("lists every rule, in order, in its own words", () => {
  const [, section = ""] = readme.split("\n## Rules\n");
  const rows = Array.from(
    (section.split("\n## ")[0] ?? "").matchAll(/^\| `([^`]+)` +\| (.*?) +\|$/gm),
    ([, id, title]) => [id, title],
  );
  expect(rows).toEqual(rules.map(({ id, title }) => [id, title]));
});

it("lists every fact", () => {
  const source = readFileSync(path.join(import.meta.dirname, "conformance-facts.ts"), "utf8");
  const [, members = ""] = /interface ConformanceFacts[^{]*\{(.*)^\}/ms.exec(source) ?? [];
  const facts = Array.from(members.matchAll(/^  readonly (\w+)\??:/gm), ([, fact]) => fact);
  const [, section = ""] = readme.split("\n## Facts\n");
  const told = Array.from((section.split("\n\n")[0] ?? "").matchAll(/^\| `(\w+)`/gm), ([, fact]) => fact);
  expect(facts.length).toBeGreaterThan(5);
  expect(new Set(told)).toEqual(new Set(facts));
});

it("says how many rules there are, nearly", () => {
  expect(readme).toContain("about thirty tests");
  expect(Math.abs(rules.length - 30)).toBeLessThan(6);
});
