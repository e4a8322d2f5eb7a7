import type { ConformanceFacts } from "./conformance-facts.ts";
import { type Rule, Violation } from "./rule.ts";
import { createRuleContext, type TestedProvider } from "./rule-context.ts";

/** What became of one rule. */
export interface RuleResult {
  /** Id of the rule. */
  readonly rule: string;
  /** The kind of token that it was checked with, where the facts tell of several. */
  readonly kind?: string;
  /** What the provider does, or should do. */
  readonly title: string;
  /**
   * `not applicable`: the facts do not say enough to check it. `not judged`: it seems broken, and so is a rule that it rests
   * on, which is to be mended first.
   */
  readonly outcome: "kept" | "broken" | "not judged" | "not applicable";
  /** What was seen, where the rule is broken, or which rule is, where it is not judged. Shows no token. */
  readonly problem?: string;
  /** How to mend it, where the rule is broken or not judged. */
  readonly remedy?: string;
}

/** Checks one rule. */
export async function checkRule(
  rule: Rule,
  provider: TestedProvider,
  facts: ConformanceFacts,
): Promise<RuleResult> {
  const { id, title, remedy } = rule;
  const about = { rule: id, title };
  if (rule.applies?.(facts) === false) return { ...about, outcome: "not applicable" };
  await using context = createRuleContext(provider, facts);
  try {
    await rule.check(context);
    return { ...about, outcome: "kept" };
  } catch (error) {
    const seen = error instanceof Violation ? error.message : `The provider threw: ${String(error)}`;
    // A failed check is printed: even a token of the suite's own making stays out of logs.
    const masked = context.secrets.reduce((text, secret) => text.replaceAll(secret, "[token]"), seen);
    const problem = context.shows(masked) ? "It gave a message that shows the token." : masked;
    return { ...about, outcome: "broken", problem, remedy };
  }
}
