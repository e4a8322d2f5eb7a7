import type { Identity, Provider } from "@auth/core";

import type { RuleResult } from "./check-rule.ts";
import type { ConformanceFacts } from "./conformance-facts.ts";
import { plannedChecks } from "./planned-checks.ts";
import type { TestedProvider } from "./rule-context.ts";

/**
 * Checks all rules on a provider, without a test runner, one after the other: some watch what the whole process does.
 * {@link testProvider} is the same for vitest.
 */
export async function checkProvider<Options extends object, I extends Identity>(
  provider: Provider<Options, I>,
  facts: ConformanceFacts<Options>,
): Promise<readonly RuleResult[]> {
  const results: RuleResult[] = [];
  const checks = plannedChecks(provider as unknown as TestedProvider, facts);
  for (const { run } of checks) results.push(await run());
  return results;
}
