import type { Identity, Provider } from "@auth/core";
import { describe, test } from "vitest";

import { brokenRule } from "./broken-rule.ts";
import { checkRule } from "./check-rule.ts";
import type { ConformanceFacts } from "./conformance-facts.ts";
import { rules } from "./rules.ts";
import type { TestedProvider } from "./trial.ts";

/** For one rule, on a busy machine. Milliseconds. */
const timeoutMs = 20_000;

/**
 * Checks every rule that providers keep, as one vitest test each: call it at the top of a test file. The requests go to
 * servers of the suite's own on loopback. A test that fails says which rule is broken, what was seen and how to mend it.
 */
export function testProvider<Options extends object, I extends Identity>(
  provider: Provider<Options, I>,
  facts: ConformanceFacts<Options>,
): void {
  const tested = provider as unknown as TestedProvider;
  const known = facts as ConformanceFacts;
  describe(`${tested.id} keeps the rules of a provider`, () => {
    for (const rule of rules) {
      if (rule.applies?.(known) === false) continue;
      // eslint-disable-next-line vitest/expect-expect -- the rule does the asserting
      test(`${rule.id}: it ${rule.title}`, { timeout: timeoutMs }, async () => {
        const result = await checkRule(rule, tested, known);
        if (result.outcome === "broken") throw brokenRule(result);
      });
    }
  });
}
