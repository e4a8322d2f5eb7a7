import type { Auth, AuthError } from "@auth/core";

import { isAuthError } from "./is-auth-error.ts";
import type { LoopbackAnswer } from "./loopback-server.ts";
import { expect } from "./rule.ts";
import type { RuleContext } from "./rule-context.ts";

/** The shorter one leaves no time for a retry, the longer ones are for a machine that is busy. Milliseconds. */
const limitsMs = [250, 2_500, 10_000];

/** The `AuthError` that a promise is rejected with. `what` is what was done, for the message where it is not. */
export async function failureOf(promise: Promise<unknown>, what: string): Promise<AuthError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => ({ reason }),
  );
  expect(error !== undefined, `${what}: that did not fail.`);
  const { reason } = error;
  const name = reason instanceof Error ? reason.name : typeof reason;
  expect(isAuthError(reason), `${what}: that failed with ${name}, which is no AuthError.`);
  return reason;
}

/** Makes `verify` meet one answer after the other: what it rejects with. `what` is what happened, for the messages. */
export async function verifyFailures(
  context: RuleContext,
): Promise<(answer: LoopbackAnswer, what: string) => Promise<AuthError>> {
  let current: LoopbackAnswer = {};
  const server = await context.serve(() => current);
  return (answer, what) => {
    current = answer;
    return verifyFailure(context.auth(server.url), what);
  };
}

/** What `verify` rejects with, without waiting for the tries that the service would be given. */
async function verifyFailure(auth: Auth, what: string): Promise<AuthError> {
  for (const timeoutMs of limitsMs) {
    const error = await failureOf(auth.verify({ timeoutMs }), what);
    const isTimeUp =
      error.code === "AUTH_UNREACHABLE" && error.status === undefined && error.cause === undefined;
    if (!isTimeUp || timeoutMs === limitsMs.at(-1)) return error;
  }
  throw new Error("There is one limit at least.");
}
