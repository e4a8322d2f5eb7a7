import type { RuleResult } from "./rule-result.ts";

/** What a failed test says. Without a stack, which would lead into the suite and not to the provider. */
export function brokenRule({ rule, problem = "", remedy = "" }: RuleResult): Error {
  const error = new Error(`Rule ${rule}: ${problem}\nTo mend it: ${remedy}`);
  error.stack = error.message;
  return error;
}
