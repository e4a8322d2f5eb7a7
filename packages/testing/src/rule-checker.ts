import { checkRule, type RuleResult } from "./check-rule.ts";
import type { ConformanceFacts } from "./conformance-facts.ts";
import type { Rule } from "./rule.ts";
import type { TestedProvider } from "./rule-context.ts";

/**
 * Makes what checks the rules of one provider. A rule that is broken where one that it rests on is broken too is not judged:
 * what it saw would send the reader elsewhere.
 */
export function ruleChecker(
  rules: readonly Rule[],
  provider: TestedProvider,
  facts: ConformanceFacts,
): (rule: Rule) => Promise<RuleResult> {
  const checked = new Map<Rule, Promise<RuleResult>>();
  const checkOnce = (rule: Rule): Promise<RuleResult> => {
    const result = checked.get(rule) ?? checkRule(rule, provider, facts);
    checked.set(rule, result);
    return result;
  };
  return async (rule) => {
    const result = await checkOnce(rule);
    if (result.outcome !== "broken") return result;
    for (const foundation of rules.slice(0, rules.indexOf(rule)).filter(({ isFoundation }) => isFoundation)) {
      if ((await checkOnce(foundation)).outcome !== "broken") continue;
      const { rule: id, title } = result;
      return {
        rule: id,
        title,
        outcome: "not judged",
        problem: `It rests on the rule ${foundation.id}, which is broken.`,
        remedy: `First mend ${foundation.id}.`,
      };
    }
    return result;
  };
}
