import type { Classification, ServiceAnswer } from "./provider-definition.ts";

/** What a provider makes of an answer. Its code may trust a shape that an answer does not have: then it makes nothing. */
export function classifyAnswer(
  classify: ((answer: ServiceAnswer) => Classification) | undefined,
  answer: ServiceAnswer,
): Classification {
  try {
    return classify?.(answer) ?? {};
  } catch {
    return {};
  }
}
