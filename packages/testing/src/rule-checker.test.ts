import { type Identity, parseRetryAfter } from "@auth/core";
import { expect, it } from "vitest";

import { checkProvider } from "./check-provider.ts";
import type { ConformanceFacts, OtherAnswer } from "./conformance-facts.ts";
import { acme, acmeFacts, acmeWith, classify } from "./fixtures/acme.ts";
import { brokenProviders } from "./fixtures/broken-providers.ts";
import { type Rule, Violation } from "./rule.ts";
import { ruleChecker } from "./rule-checker.ts";
import type { TestedProvider } from "./rule-context.ts";

const own = brokenProviders["setup-runs"]?.provider as TestedProvider;

const identifying = (identify: (body: unknown) => unknown): TestedProvider =>
  acmeWith({ verify: { path: "/me", identify: identify as () => Identity | undefined } });
const answering = (body: unknown, others: readonly OtherAnswer[] = []): Partial<ConformanceFacts> => ({
  answers: { ...acmeFacts.answers, accepted: { body }, others },
});

it.each<[string, rule: string, TestedProvider, Partial<ConformanceFacts>, problem: string]>([
  ["an option that the facts leave out", "setup-runs", own, {}, "its account is not known"],
  [
    "a header of another name",
    "header-form",
    acme,
    { header: (token) => ["x-api-key", token] },
    "did not carry x-api-key",
  ],
  [
    "a path that leads elsewhere",
    "verify-request",
    acmeWith({ verify: { path: "https://b.example/me", identify: () => undefined } }),
    {},
    "verify() sent 0 requests",
  ],
  [
    "another path than the facts'",
    "verify-request",
    acme,
    { verifyPath: "/user" },
    "verify() asked /me, and not /user.",
  ],
  [
    "a header of verify's that is not there",
    "verify-request",
    acme,
    { verifyHeaders: { "acme-as": "user" } },
    "verify() sent its request without acme-as: user.",
  ],
  [
    "an identify that reads nothing",
    "accepted-answer",
    identifying(() => undefined),
    {},
    "identify found nobody in the accepted answer. It returned undefined",
  ],
  [
    "an id that is a number in the answer",
    "accepted-answer",
    acme,
    { ...answering({ id: 42 }), identity: { kind: "user", id: "42" } },
    "The id is the number 42 there, and an identity's id is a text: write String(…).",
  ],
  [
    "an id that identify leaves a number",
    "accepted-answer",
    identifying((body) => ({ kind: "user", ...(body as object) })),
    { ...answering({ id: 42 }), identity: { kind: "user", id: "42" } },
    "The id is the number 42 there",
  ],
  [
    "an id that is a number in the facts",
    "accepted-answer",
    acme,
    { identity: { kind: "user", id: 42 as never } },
    "The identity of the facts has the id 42, which is a number: write String(…).",
  ],
  [
    "a label with nothing in it",
    "accepted-answer",
    identifying(() => ({ kind: "user", id: "u-1", label: " " })),
    {},
    "The identity has a label with nothing in it.",
  ],
  [
    "another identity",
    "accepted-answer",
    acme,
    { identity: { kind: "user", id: "x" } },
    'The identity is {"kind":"user","id":"u-1","label":"Ada"}, and not {"kind":"user","id":"x"}.',
  ],
  [
    "another answer to a token that is refused",
    "rejected-answer",
    acme,
    { answers: { ...acmeFacts.answers, rejected: { status: 403 } } },
    "that gave AUTH_PERMISSION_DENIED",
  ],
  [
    "a code that does not exist, in the facts",
    "other-answers",
    acme,
    answering({ id: "u-1", name: "Ada" }, [{ name: "x", status: 403, code: "AUTH_FORBIDDEN" as never }]),
    'The facts expect AUTH_FORBIDDEN of the answer "x", and there is no such code.',
  ],
  [
    "an identify that always says the same",
    "foreign-answer",
    identifying(() => ({ kind: "user", id: "u-1", label: "Ada" })),
    {},
    "The service accepted the token with an empty body",
  ],
])("%s is told once, by %s", async (_, rule, provider, facts, problem) => {
  const results = await checkProvider(provider, { ...acmeFacts, ...facts });
  const broken = results.filter(({ outcome }) => outcome === "broken");
  expect(broken).toMatchObject([{ rule, problem: expect.stringContaining(problem) }]);
  const told = results.filter(({ outcome }) => outcome === "not judged");
  expect(new Set(told.map(({ remedy }) => remedy)).size).toBeLessThan(2);
  for (const { remedy } of told) expect(remedy).toBe(`First mend ${rule}.`);
});

it("takes the time of the facts for the one by which the answers are read", async () => {
  const provider = acmeWith({
    classify: (answer) => ({
      ...classify(answer),
      retryAfterMs: parseRetryAfter(answer.headers.get("retry-after"), () => now),
    }),
  });
  const now = Date.UTC(2026, 10, 2);
  const limited: OtherAnswer = {
    name: "rate limited",
    status: 429,
    headers: { "retry-after": "Mon, 02 Nov 2026 00:00:17 GMT" },
    code: "AUTH_RATE_LIMITED",
    retryAfterMs: 17_000,
  };
  for (const subject of [acme, provider]) {
    const facts = { ...acmeFacts, now, answers: { ...acmeFacts.answers, others: [limited] } };
    const results = await checkProvider(subject, facts);
    expect(results.filter(({ outcome }) => outcome === "broken")).toEqual([]);
  }
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
