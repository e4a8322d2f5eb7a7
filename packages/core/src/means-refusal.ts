import { classifyAnswer } from "./classify.ts";
import { readData } from "./json.ts";
import { maskOf } from "./mask.ts";
import type { ProviderSetup, ServiceAnswer } from "./provider-definition.ts";
import type { Identity } from "./identity.ts";

type Classify = ProviderSetup<Identity>["classify"];

/** Whether the service means by a 401 to `value` that the token is no good, and not something else. */
export function meansRefusal(
  classify: Classify,
  answer: Omit<ServiceAnswer, "body"> & { readonly body: string },
  value: string,
): boolean {
  const body = readData(answer.body, maskOf([value]));
  const { code = "AUTH_TOKEN_REJECTED" } = classifyAnswer(classify, { ...answer, body });
  return code === "AUTH_TOKEN_REJECTED" || code === "AUTH_TOKEN_EXPIRED";
}
