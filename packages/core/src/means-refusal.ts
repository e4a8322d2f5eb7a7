import type { Identity } from "./identity.ts";
import { readData } from "./json.ts";
import type { ProviderSetup, ServiceAnswer } from "./provider-definition.ts";
import { isTokenRejected, verdictOf } from "./verdict.ts";

type Classify = ProviderSetup<Identity>["classify"];

/** Whether the service means by a 401 that the token is no good, and not something else. */
export function meansRefusal(
  classify: Classify,
  answer: Omit<ServiceAnswer, "body"> & { readonly body: string },
): boolean {
  return isTokenRejected(verdictOf({ ...answer, body: readData(answer.body) }, { classify }));
}
