import type { Auth, AuthError } from "@auth/core";

import { authErrorOf } from "./failure-of.ts";
import type { LoopbackAnswer } from "./loopback-server.ts";
import type { Trial } from "./trial.ts";

/** The shorter one leaves no time for a retry, the longer ones are for a machine that is busy. Milliseconds. */
const limitsMs = [250, 2_500, 10_000];

/** Makes `verify` meet one answer after the other: what it rejects with. `what` is what happened, for the messages. */
export async function answering(
  trial: Trial,
): Promise<(answer: LoopbackAnswer, what: string) => Promise<AuthError>> {
  let current: LoopbackAnswer = {};
  const server = await trial.serve(() => current);
  return (answer, what) => {
    current = answer;
    return verifyFailure(trial.auth(server.url), what);
  };
}

/** What `verify` rejects with, without waiting for the tries that the service would be given. */
export async function verifyFailure(auth: Auth, what: string): Promise<AuthError> {
  for (const timeoutMs of limitsMs) {
    const error = await authErrorOf(auth.verify({ timeoutMs }), what);
    const isTimeUp =
      error.code === "AUTH_UNREACHABLE" && error.status === undefined && error.cause === undefined;
    if (!isTimeUp || timeoutMs === limitsMs.at(-1)) return error;
  }
  throw new Error("There is one limit at least.");
}
