import { expect, it } from "vitest";

import { checkRule } from "./check-rule.ts";
import { acme, acmeFacts } from "./fixtures/acme.ts";
import { type Rule, Violation } from "./rule.ts";
import type { RuleContext } from "./rule-context.ts";
import { brokenRule } from "./test-provider.ts";

function ruleThat(check: Rule["check"]): Rule {
  return { id: "some-rule", title: "does something", remedy: "Mend it.", check };
}

it("says which rule is broken, what was seen and how to mend it, without the token", async () => {
  const rule = ruleThat(async ({ token }) => {
    throw new Violation(`It sent ${token}.`);
  });
  const result = await checkRule(rule, acme, acmeFacts);
  expect(result).toEqual({
    rule: "some-rule",
    title: "does something",
    outcome: "broken",
    problem: "It sent [token].",
    remedy: "Mend it.",
  });
  const { message, stack } = brokenRule(result);
  expect(message).toBe("Rule some-rule: It sent [token].\nTo mend it: Mend it.");
  expect(stack).toBe(message);
});

it("takes whatever else is thrown for the provider's fault, and says so without the token", async () => {
  const rule = ruleThat(async ({ token }) => {
    throw new TypeError(`no ${btoa(token)}`);
  });
  expect(await checkRule(rule, acme, acmeFacts)).toMatchObject({
    outcome: "broken",
    problem: "It gave a message that shows the token.",
  });
  const plain = ruleThat(() => Promise.reject(new TypeError("x is no function")));
  expect(await checkRule(plain, acme, acmeFacts)).toMatchObject({
    problem: "The provider threw: TypeError: x is no function",
  });
});

it("leaves out a rule for which the facts say too little", async () => {
  const rule = { ...ruleThat(() => Promise.reject(new Error("checked"))), applies: () => false };
  expect(await checkRule(rule, acme, acmeFacts)).toMatchObject({ outcome: "not applicable" });
});

it("ends the servers of a rule with it, kept or broken", async () => {
  const servers: string[] = [];
  const open = async (context: RuleContext): Promise<void> => {
    const { url } = await context.serve();
    servers.push(url);
    expect((await fetch(url)).status).toBe(200);
  };
  await checkRule(ruleThat(open), acme, acmeFacts);
  const broken = ruleThat(async (context) => {
    await open(context);
    throw new Violation("broken");
  });
  await checkRule(broken, acme, acmeFacts);
  expect(servers).toHaveLength(2);
  for (const url of servers) await expect(fetch(url)).rejects.toThrow("fetch failed");
});
