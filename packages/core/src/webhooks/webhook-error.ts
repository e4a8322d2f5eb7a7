import { AuthError } from "../errors.ts";

/** What a delivery is turned away with, in the name of a provider. */
export interface WebhookErrors {
  /** The delivery is not accepted. */
  refused(reason: string, remedy: string): AuthError;
  /** The receiver calls it in the wrong way. */
  misused(problem: string, remedy: string): AuthError;
  /** The body broke off. */
  brokenOff(): AuthError;
  /** The body did not end in time. */
  tooSlow(timeoutMs: number): AuthError;
}

/** The errors of a provider's webhooks. */
export function webhookErrors(provider: string): WebhookErrors {
  return {
    refused: (reason, remedy) =>
      new AuthError("AUTH_TOKEN_REJECTED", {
        provider,
        message: `The webhook delivery is refused: ${reason}.`,
        remedy,
      }),
    misused: (problem, remedy) =>
      new AuthError("AUTH_PROVIDER_INVALID", { provider, message: `${problem}.`, remedy }),
    brokenOff: () =>
      new AuthError("AUTH_UNREACHABLE", {
        provider,
        message: "The body of the webhook delivery broke off.",
        remedy: "Answer with 400.",
      }),
    tooSlow: (timeoutMs) =>
      new AuthError("AUTH_UNREACHABLE", {
        provider,
        message: `The body of the webhook delivery did not end within ${timeoutMs} ms.`,
        remedy: "Answer with 408, or pass timeoutMs if deliveries take this long.",
      }),
  };
}
