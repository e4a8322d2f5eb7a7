import type { Rule } from "./rule.ts";
import { answerRules } from "./rules/answers.ts";
import { definitionRules } from "./rules/definition.ts";
import { foundationRules } from "./rules/foundations.ts";
import { lazinessRules } from "./rules/laziness.ts";
import { sourceRules } from "./rules/sources.ts";
import { tellingRules } from "./rules/telling.ts";

/** Everything that a provider can get wrong, in the order in which it is worth mending. */
export const rules: readonly Rule[] = [
  ...foundationRules,
  ...definitionRules,
  ...lazinessRules,
  ...sourceRules,
  ...answerRules,
  ...tellingRules,
];
