import { expect, it } from "vitest";

import { checkProvider } from "./check-provider.ts";
import { acme, acmeFacts, acmeWith } from "./fixtures/acme.ts";
import { brokenDefinitions } from "./fixtures/broken/definition.ts";
import { type Rule, Violation } from "./rule.ts";
import { ruleChecker } from "./rule-checker.ts";
import type { TestedProvider } from "./trial.ts";

const own = brokenDefinitions["setup-runs"]?.provider as TestedProvider;

it.each([
  ["an option that the facts leave out", "setup-runs", own, {}],
  [
    "a header of another name",
    "header-form",
    acme,
    { header: (token: string) => ["x-api-key", token] as const },
  ],
  [
    "a path that leads elsewhere",
    "verify-request",
    acmeWith({ verify: { path: "https://b.example/me", identify: () => undefined } }),
    {},
  ],
  [
    "an identify that reads nothing",
    "accepted-answer",
    acmeWith({ verify: { path: "/me", identify: () => undefined } }),
    {},
  ],
  ["another identity", "accepted-answer", acme, { identity: { kind: "user", id: "x" } }],
])("%s is told once, by %s", async (_, rule, provider, facts) => {
  const results = await checkProvider(provider, { ...acmeFacts, ...facts });
  expect(results.filter(({ outcome }) => outcome === "broken").map((one) => one.rule)).toEqual([rule]);
  const told = results.filter(({ outcome }) => outcome === "not judged");
  expect(new Set(told.map(({ remedy }) => remedy)).size).toBeLessThan(2);
  for (const { remedy } of told) expect(remedy).toBe(`First mend ${rule}.`);
});

it("judges a rule that a broken foundation does not break, and one that comes before it", async () => {
  const checks: string[] = [];
  const ruleThat = (id: string, isBroken: boolean, isFoundation = false): Rule => ({
    id,
    isFoundation,
    title: "does something",
    remedy: "Mend it.",
    check: async () => {
      checks.push(id);
      if (isBroken) throw new Violation("It did not.");
    },
  });
  const rules = [
    ruleThat("before", true),
    ruleThat("ground", true, true),
    ruleThat("kept", false),
    ruleThat("behind", true),
  ];
  const check = ruleChecker(rules, acme, acmeFacts);
  // In another order than they stand in: a runner may be told to run one of them alone.
  const results = [];
  for (const rule of rules.toReversed()) results.push(await check(rule));
  expect(results.map(({ rule, outcome }) => [rule, outcome])).toEqual([
    ["behind", "not judged"],
    ["kept", "kept"],
    ["ground", "broken"],
    ["before", "broken"],
  ]);
  expect(results[0]).toMatchObject({
    problem: "It rests on the rule ground, which is broken.",
    remedy: "First mend ground.",
  });
  expect(checks).toEqual(["behind", "ground", "kept", "before"]);
});
