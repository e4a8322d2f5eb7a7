import type { Classification, ProviderSetup, ServiceAnswer } from "@auth/core";

import { retryAfterMsOf, retryDelayMs } from "./retry-delay.ts";

type ServiceRules = Required<Pick<ProviderSetup<never>, "classify" | "requestIdHeader" | "retryDelayMs">>;

/** What holds for every answer of DNAnexus, whichever server and method it is of, with what this one's errors mean. */
export function dnanexusApi(meaning: (answer: ServiceAnswer) => Classification): ServiceRules {
  return {
    classify: (answer) => ({ ...meaning(answer), retryAfterMs: retryAfterMsOf(answer.headers) }),
    requestIdHeader: "x-request-id",
    retryDelayMs: (failed) => retryDelayMs(failed),
  };
}
