import type { ConformanceFacts } from "./conformance-facts.ts";
import { type Rule, Violation } from "./rule.ts";
import type { RuleResult } from "./rule-result.ts";
import { createTrial, type TestedProvider } from "./trial.ts";

/** Checks one rule. */
export async function checkRule(
  rule: Rule,
  provider: TestedProvider,
  facts: ConformanceFacts,
): Promise<RuleResult> {
  const { id, title, remedy } = rule;
  const about = { rule: id, title };
  if (rule.applies?.(facts) === false) return { ...about, outcome: "not applicable" };
  await using trial = createTrial(provider, facts);
  try {
    await rule.check(trial);
    return { ...about, outcome: "kept" };
  } catch (error) {
    const seen = error instanceof Violation ? error.message : `The provider threw: ${String(error)}`;
    // A failed check is printed: even a token of the suite's own making stays out of logs.
    const masked = trial.secrets.reduce((text, secret) => text.replaceAll(secret, "[token]"), seen);
    const problem = trial.shows(masked) ? "It gave a message that shows the token." : masked;
    return { ...about, outcome: "broken", problem, remedy };
  }
}
