/** What became of one rule. */
export interface RuleResult {
  /** Id of the rule. */
  readonly rule: string;
  /** What the provider does, or should do. */
  readonly title: string;
  /** `not applicable`: the facts do not say enough to check it. */
  readonly outcome: "kept" | "broken" | "not applicable";
  /** What was seen, where the rule is broken. Shows no token. */
  readonly problem?: string;
  /** How to mend it, where the rule is broken. */
  readonly remedy?: string;
}
