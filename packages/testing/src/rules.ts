import type { Rule } from "./rule.ts";
import { answerRules } from "./rules/answers.ts";
import { definitionRules } from "./rules/definition.ts";
import { dispatchingRules } from "./rules/dispatching.ts";
import { explainingRules } from "./rules/explaining.ts";
import { foundationRules } from "./rules/foundations.ts";
import { lazinessRules } from "./rules/laziness.ts";
import { loadingRules } from "./rules/loading.ts";
import { redirectRules } from "./rules/redirects.ts";
import { refusalRules } from "./rules/refusals.ts";
import { requestRules } from "./rules/requests.ts";
import { secretRules } from "./rules/secrets.ts";
import { sendingRules } from "./rules/sending.ts";
import { sourceRules } from "./rules/sources.ts";
import { verifyingRules } from "./rules/verifying.ts";

/** Everything that every provider keeps, in the order in which it is worth mending. */
export const rules: readonly Rule[] = [
  ...foundationRules,
  ...definitionRules,
  ...lazinessRules,
  ...sourceRules,
  ...verifyingRules,
  ...answerRules,
  ...explainingRules,
  ...secretRules,
  ...sendingRules,
  ...redirectRules,
  ...dispatchingRules,
  ...requestRules,
  ...refusalRules,
  ...loadingRules,
];
