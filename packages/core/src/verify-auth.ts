import type { Judgement } from "./answer-error.ts";
import { AuthError, isAuthError } from "./errors.ts";
import type { Events } from "./events.ts";
import type { Identity } from "./identity.ts";
import type { CheckedSetup } from "./setup.ts";
import { TimeLimitReached, withTimeLimit } from "./time-limit.ts";
import type { Token } from "./token.ts";
import type { SourceContext } from "./token-source.ts";
import { type Verification, verify } from "./verify.ts";

/** What verifying takes of an auth. */
export interface Verifiable<I extends Identity> {
  readonly setup: CheckedSetup<I>;
  readonly provider: Judgement["provider"];
  readonly context: Omit<SourceContext, "signal" | "reason">;
  readonly events: Events;
  readonly timeoutMs: number;
  readonly cache: {
    get(signal?: AbortSignal): Promise<{ readonly token: Token; readonly header: string }>;
    reject(header: string): void;
  };
}

/** Verifies the token of an auth: finds it, asks the service, forgets it where it is refused, and tells who listens. */
export async function verifyAuth<I extends Identity>(
  subject: Verifiable<I>,
  asked: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number | undefined },
): Promise<Verification<I>> {
  const { setup, provider, context, events, cache } = subject;
  const { now, fetch } = context;
  const { signal, timeoutMs = subject.timeoutMs } = asked;
  const deadline = Date.now() + timeoutMs;
  const startedAt = now();
  const done = (
    outcome: string,
    facts: { status?: number | undefined; requestId?: string | undefined } = {},
  ): void => {
    if (!events.wants("verify.done")) return;
    const { status, requestId } = facts;
    events.emit("verify.done", {
      outcome,
      durationMs: now() - startedAt,
      ...(status !== undefined && { status }),
      ...(requestId !== undefined && { requestId }),
    });
  };
  let held: { readonly token: Token; readonly header: string } | undefined;
  try {
    held = await withTimeLimit((stop) => cache.get(stop), timeoutMs, signal).catch((error: unknown) => {
      throw error instanceof TimeLimitReached ? noTokenInTime(provider.id, timeoutMs) : error;
    });
    const { token, header } = held;
    const leftMs = Math.max(deadline - Date.now(), 1);
    const result = await verify({
      provider,
      setup,
      token,
      header,
      fetch,
      now,
      startedAt,
      timeoutMs: leftMs,
      limitMs: timeoutMs,
      signal,
    });
    done("verified", result);
    return result;
  } catch (error) {
    if (!isAuthError(error)) throw error;
    const isRefused = error.code === "AUTH_TOKEN_REJECTED" || error.code === "AUTH_TOKEN_EXPIRED";
    if (isRefused && held !== undefined) cache.reject(held.header);
    done(error.code, error);
    throw error;
  }
}

function noTokenInTime(provider: string, timeoutMs: number): AuthError {
  return new AuthError("AUTH_TOKEN_SOURCE_FAILED", {
    provider,
    message: `No token source gave an answer within ${timeoutMs} ms.`,
    remedy: "Find out what they wait for, or allow more time with timeoutMs.",
  });
}
