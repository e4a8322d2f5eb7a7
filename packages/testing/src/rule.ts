import type { ConformanceFacts } from "./conformance-facts.ts";
import type { RuleContext } from "./rule-context.ts";

/** One thing that every provider keeps. */
export interface Rule {
  /** Kebab-case; does not change. */
  readonly id: string;
  /** The rules after it rest on it: where it is broken, what they see is not worth reading. */
  readonly isFoundation?: boolean;
  /** Checked again for each further kind of token. */
  readonly isPerKind?: boolean;
  /** What the provider does, as the end of a sentence that begins with its name. */
  readonly title: string;
  /** How to mend a provider that breaks it, in one imperative sentence. */
  readonly remedy: string;
  /** Whether the facts say enough to check it. Default: they do. */
  readonly applies?: (facts: ConformanceFacts) => boolean;
  /** Rejects with a {@link Violation} where the rule is broken. */
  readonly check: (context: RuleContext) => Promise<void>;
}

/** A rule that is broken: what was seen, in one sentence that begins with the cause. */
export class Violation extends Error {
  override readonly name: string = "Violation";
}

/** Throws a {@link Violation} unless the condition holds. */
export function expect(condition: boolean, seen: string): asserts condition {
  if (!condition) throw new Violation(seen);
}
