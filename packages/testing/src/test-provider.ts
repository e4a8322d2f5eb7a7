import type { Identity, Provider } from "@auth/core";
import { describe, test } from "vitest";

import type { RuleResult } from "./check-rule.ts";
import type { ConformanceFacts } from "./conformance-facts.ts";
import { plannedChecks } from "./planned-checks.ts";
import type { TestedProvider } from "./rule-context.ts";

/** For one rule, on a busy machine. Milliseconds. */
const timeoutMs = 20_000;

/**
 * Checks every rule that providers keep, as one vitest test each: call it at the top of a test file. The requests go to
 * servers of the suite's own on loopback. A test that fails says which rule is broken, what was seen and how to mend it. One
 * that fails only because another rule is broken is skipped, and says which one to mend first.
 */
export function testProvider<Options extends object, I extends Identity>(
  provider: Provider<Options, I>,
  facts: ConformanceFacts<Options>,
): void {
  const tested = provider as unknown as TestedProvider;
  describe(`${tested.id} keeps the rules of a provider`, () => {
    for (const { rule, facts: known, kind, run } of plannedChecks(tested, facts)) {
      if (rule.applies?.(known) === false) continue;
      const withKind = kind === undefined ? "" : `, with ${kind}`;
      // eslint-disable-next-line vitest/expect-expect -- the rule does the asserting
      test(`${rule.id}: it ${rule.title}${withKind}`, { timeout: timeoutMs }, async ({ skip }) => {
        const result = await run();
        // The run is red by the other rule: nothing passes because of this.
        if (result.outcome === "not judged") skip(`${result.problem} ${result.remedy}`);
        if (result.outcome === "broken") throw brokenRule(result);
      });
    }
  });
}

/** What a failed test says. Without a stack, which would lead into the suite and not to the provider. */
export function brokenRule({ rule, problem = "", remedy = "" }: RuleResult): Error {
  const error = new Error(`Rule ${rule}: ${problem}\nTo mend it: ${remedy}`);
  error.stack = error.message;
  return error;
}
