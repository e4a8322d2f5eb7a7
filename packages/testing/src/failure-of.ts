import type { AuthError } from "@auth/core";

import { isAuthError } from "./is-auth-error.ts";
import { insist } from "./rule.ts";

/** What a promise is rejected with. `what` is what was done, for the message where it is not. */
export async function failureOf(promise: Promise<unknown>, what: string): Promise<unknown> {
  const outcome = await promise.then(
    () => ({ failed: false }),
    (error: unknown) => ({ failed: true, error }),
  );
  insist(outcome.failed, `${what}: that did not fail.`);
  return (outcome as { readonly error: unknown }).error;
}

/** The same, where it has to be an `AuthError`. */
export async function authErrorOf(promise: Promise<unknown>, what: string): Promise<AuthError> {
  const error = await failureOf(promise, what);
  insist(isAuthError(error), `${what}: that failed with ${nameOf(error)}, which is no AuthError.`);
  return error;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
