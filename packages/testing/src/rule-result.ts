/** What became of one rule. */
export interface RuleResult {
  /** Id of the rule. */
  readonly rule: string;
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
