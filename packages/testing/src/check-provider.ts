import type { Identity, Provider } from "@auth/core";

import type { ConformanceFacts } from "./conformance-facts.ts";
import { ruleChecker } from "./rule-checker.ts";
import type { RuleResult } from "./rule-result.ts";
import { rules } from "./rules.ts";
import type { TestedProvider } from "./trial.ts";

/**
 * Checks all rules on a provider, without a test runner, one after the other: some watch what the whole process does.
 * {@link testProvider} is the same for vitest.
 */
export async function checkProvider<Options extends object, I extends Identity>(
  provider: Provider<Options, I>,
  facts: ConformanceFacts<Options>,
): Promise<readonly RuleResult[]> {
  const results: RuleResult[] = [];
  const check = ruleChecker(rules, provider as unknown as TestedProvider, facts);
  for (const rule of rules) results.push(await check(rule));
  return results;
}
