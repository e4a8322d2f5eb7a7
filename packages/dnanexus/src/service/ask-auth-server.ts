import type { Classification, ServiceAnswer } from "@auth/core";
import { callService, type ServiceCall, type ServiceReply } from "@auth/core/service";

import type { AccountOptions } from "../account/account.ts";
import { dnanexus } from "../dnanexus.ts";
import { retryAfterMsOf, retryDelayMs } from "./retry-delay.ts";

/** What differs from one call of the auth server to another. */
interface AuthServerCall extends Pick<
  ServiceCall,
  "headers" | "body" | "source" | "judged" | "secrets" | "retry"
> {
  readonly path: string;
  readonly classify: (answer: ServiceAnswer) => Classification;
}

/** Calls the auth server, as an account's options say. */
export function askAuthServer(
  origin: string,
  { fetch, timeoutMs, signal, now }: AccountOptions,
  { path, classify, ...call }: AuthServerCall,
): Promise<ServiceReply> {
  return callService({
    ...call,
    provider: dnanexus,
    origins: [origin],
    url: `${origin}${path}`,
    server: { name: "auth server", option: "authUrl" },
    fetch,
    now,
    timeoutMs,
    signal,
    classify: (answer) => ({ ...classify(answer), retryAfterMs: retryAfterMsOf(answer.headers) }),
    requestIdHeader: "x-request-id",
    retryDelayMs: (failed) => retryDelayMs(failed),
  });
}
