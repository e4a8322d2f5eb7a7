import type { RuleResult } from "./check-rule.ts";
import type { ConformanceFacts } from "./conformance-facts.ts";
import type { Rule } from "./rule.ts";
import { ruleChecker } from "./rule-checker.ts";
import type { TestedProvider } from "./rule-context.ts";
import { rules } from "./rules.ts";

/** One rule, with one kind of token. */
interface PlannedCheck {
  readonly rule: Rule;
  readonly facts: ConformanceFacts;
  /** The kind of token, where it is not the one that the facts begin with. */
  readonly kind?: string;
  readonly run: () => Promise<RuleResult>;
}

/** All rules with the facts as they are, then what depends on the token with each further kind. */
export function plannedChecks(provider: TestedProvider, facts: ConformanceFacts): readonly PlannedCheck[] {
  const plan = (some: readonly Rule[], known: ConformanceFacts, kind?: string): PlannedCheck[] => {
    const check = ruleChecker(some, provider, known);
    const about = kind === undefined ? {} : { kind };
    return some.map((rule) => ({
      rule,
      facts: known,
      ...about,
      run: async () => ({ ...about, ...(await check(rule)) }),
    }));
  };
  return [
    ...plan(rules, facts),
    ...(facts.kinds ?? []).flatMap(({ name, ...own }) =>
      plan(
        rules.filter(({ isPerKind }) => isPerKind),
        { ...facts, ...own },
        name,
      ),
    ),
  ];
}
