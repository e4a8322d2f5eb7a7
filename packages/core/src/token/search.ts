import { AuthError, isAuthError } from "../errors.ts";
import type { Events } from "../events.ts";
import { ignoreRejection } from "../untrusted/ignore-rejection.ts";
import { safeCause } from "../untrusted/mask.ts";
import { ownProperties } from "../untrusted/own-properties.ts";
import { printable, safeMessage } from "../untrusted/safe-message.ts";
import { attempt, type SourceAttempt } from "../sources/attempt.ts";
import { TimeLimitReached, withTimeLimit } from "../time-limit.ts";
import { createToken, type Token, tokenProblem } from "./token.ts";
import { isWorkers } from "../runtime.ts";
import {
  type Environment,
  isFailed,
  type SourceContext,
  type SourceResult,
  type StandingContext,
  type TokenSource,
} from "../sources/source.ts";

/** How long one source may take, unless it says otherwise. Milliseconds. */
const sourceTimeoutMs = 10_000;

/** What a search needs to know of the auth that makes it. */
export interface Search {
  readonly provider: { readonly id: string; readonly tokenUrl?: string | undefined };
  /** Expanded: none of them stands for others. */
  readonly sources: readonly TokenSource[];
  readonly context: StandingContext;
  readonly events: Events;
  /** Limit for the whole search. Milliseconds. */
  readonly timeoutMs: number;
}

export interface SearchResult {
  readonly token: Token;
  /** One for each source, those behind the used one as `not tried`. */
  readonly attempts: readonly SourceAttempt[];
}

/**
 * Asks the sources in their order until one holds a token. Rejects with an `AuthError` whose `attempts` say what each
 * one answered: none has a token, one is broken, or what one holds cannot be sent.
 */
export async function resolveToken(
  search: Search,
  reason: SourceContext["reason"],
  signal?: AbortSignal,
): Promise<SearchResult> {
  const { sources, context, events, provider } = search;
  const { now } = context;
  const asked = { ...context, provider: provider.id, tell: events.emit as SourceContext["tell"] };
  const attempts: SourceAttempt[] = [];
  // By the machine's own clock, as timers go.
  const deadline = Date.now() + search.timeoutMs;

  for (const source of sources) {
    const startedAt = now();
    const place = nameOf(source);
    const record = (outcome: "used" | "unavailable" | "failed", why?: Reason, name = place): void => {
      const tried = attempt(name, outcome, now() - startedAt, why);
      attempts.push(tried);
      if (events.wants("source.tried")) events.emit("source.tried", { ...tried, outcome });
    };
    const fail = (failure: Failure, name = place): AuthError => {
      record("failed", failure, name);
      return new AuthError(failure.code, {
        provider: provider.id,
        // What a source of this provider's own says begins with the provider as well.
        message: failure.reason.replace(`failed: ${provider.id}: `, "failed: "),
        remedy: failure.remedy,
        cause: failure.cause,
        attempts: [...attempts, ...notTried(sources, attempts.length)],
      });
    };

    const limit = Math.min(
      ownProperties(source).timeoutMs ?? sourceTimeoutMs,
      Math.max(deadline - Date.now(), 0),
    );
    let result: Answer;
    let value: unknown;
    try {
      result = answerOf(
        await withTimeLimit((stop) => source.resolve({ ...asked, reason, signal: stop }), limit, signal),
      );
      if (result.outcome === "found") value = result.reveal?.();
      // A function that was not waited for, in found(read()) with no await.
      ignoreRejection(value);
    } catch (error) {
      signal?.throwIfAborted();
      throw fail(brokenSource(place, error, limit));
    }

    if (result.outcome === "unavailable") {
      record("unavailable", result);
    } else if (typeof value !== "string") {
      throw fail(wrongAnswer(place));
    } else {
      const name = result.source ?? place;
      if (value.trim() === "") {
        record("unavailable", { reason: `${name} is blank` }, name);
        continue;
      }
      const failure = unusable(value.trim(), name, result.expiresAt, now());
      if (failure) throw fail(failure, name);
      record("used", { reason: result.warning }, name);
      const token = createToken(value.trim(), name, result.expiresAt as number | undefined);
      return { token, attempts: [...attempts, ...notTried(sources, attempts.length)] };
    }
  }
  throw notFound(provider, attempts, context.env);
}

interface Reason {
  readonly reason?: string | undefined;
  readonly remedy?: string | undefined;
}

/** What a source answered. It may be anything: what is no text is left out, and what cannot be read fails here. */
interface Answer extends Reason {
  readonly outcome: unknown;
  readonly reveal: (() => unknown) | undefined;
  readonly source: string | undefined;
  readonly expiresAt: unknown;
  readonly warning: string | undefined;
}

function answerOf(given: SourceResult): Answer {
  const { outcome, reveal, expiresAt, source, warning, reason, remedy } = ownProperties<
    Record<string, unknown>
  >(given as never);
  for (const one of [expiresAt, source, warning, reason, remedy]) ignoreRejection(one);
  return {
    outcome,
    reveal: typeof reveal === "function" ? () => reveal.call(given) as unknown : undefined,
    expiresAt,
    source: textOf(source),
    warning: textOf(warning),
    reason: textOf(reason),
    remedy: textOf(remedy),
  };
}

function nameOf(source: TokenSource): string {
  try {
    return textOf(source.name) ?? "a source without a name";
  } catch {
    return "a source without a name";
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? printable(value) : undefined;
}

interface Failure {
  readonly code: "AUTH_TOKEN_SOURCE_FAILED" | "AUTH_TOKEN_MALFORMED" | "AUTH_TOKEN_EXPIRED";
  readonly reason: string;
  readonly remedy: string;
  readonly cause?: unknown;
}

function notTried(sources: readonly TokenSource[], tried: number): SourceAttempt[] {
  return sources.slice(tried).map((source) => attempt(nameOf(source), "not tried", 0));
}

/** Whatever it threw: what does not let itself be read, as a revoked proxy, has nothing to say. */
function brokenSource(name: string, error: unknown, limitMs: number): Failure {
  try {
    return failureOf(name, error, limitMs);
  } catch {
    return failureOf(name, undefined, limitMs);
  }
}

function failureOf(name: string, error: unknown, limitMs: number): Failure {
  const code = "AUTH_TOKEN_SOURCE_FAILED";
  if (error instanceof TimeLimitReached) {
    return {
      code,
      reason: `${name} gave no answer within ${limitMs} ms.`,
      remedy: "Find out what it waits for, or allow it more time with timeoutMs.",
    };
  }
  if (isAuthError(error)) {
    return { code, reason: `${name} failed: ${statement(error)}`, remedy: error.remedy, cause: error };
  }
  if (isFailed(error)) return { code, reason: sentence(error.message), remedy: error.remedy };
  const message = safeMessage(error);
  return {
    code,
    reason: `${name} failed: ${sentence(message)}`,
    remedy: `Mend ${name}, or remove it.`,
    cause: safeCause(error, message),
  };
}

/** What an error says without the remedy at its end, which comes again at the end of the new one. */
function statement({ message, remedy }: AuthError): string {
  return message.endsWith(` ${remedy}`) ? message.slice(0, -remedy.length - 1) : message;
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function wrongAnswer(name: string): Failure {
  return {
    code: "AUTH_TOKEN_SOURCE_FAILED",
    reason: `${name} answered with something that is no token.`,
    remedy: "Return found(token), unavailable(reason), or throw.",
  };
}

function unusable(value: string, name: string, expiresAt: unknown, now: number): Failure | undefined {
  const problem = tokenProblem(value);
  if (problem !== undefined) {
    return {
      code: "AUTH_TOKEN_MALFORMED",
      reason: `The token from ${name} ${problem}.`,
      remedy: `Copy the token again, whole and alone, to ${name}.`,
    };
  }
  if (expiresAt === undefined) return undefined;
  if (typeof expiresAt !== "number" || !Number.isFinite(expiresAt)) {
    return {
      code: "AUTH_TOKEN_SOURCE_FAILED",
      reason: `${name} gave an expiry that is no number of milliseconds.`,
      remedy: "Give expiresAt in milliseconds since the epoch, or leave it out.",
    };
  }
  if (expiresAt > now) return undefined;
  return {
    code: "AUTH_TOKEN_EXPIRED",
    reason: `The token from ${name} expired on ${instant(expiresAt)}.`,
    remedy: `Put a new token in ${name}.`,
  };
}

function instant(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "a day long past" : date.toISOString();
}

function notFound(
  provider: Search["provider"],
  attempts: readonly SourceAttempt[],
  env: Environment,
): AuthError {
  const looked = attempts.map(({ source, reason }) => reason ?? `${source} holds none`).join("; ");
  // Each of them would help, and nobody knows which the reader can do.
  const remedies = [...new Set(attempts.flatMap((tried) => tried.remedy ?? []))];
  const isBare = isWorkers() && Object.keys(env).length === 0;
  if (isBare) remedies.unshift(`Pass the Worker's env: ${provider.id}({ env }).`);
  const [first = "Pass the option token.", ...others] = remedies;
  const remedy = [first, ...others.map((other) => `Or ${other[0]?.toLowerCase()}${other.slice(1)}`)].join(
    " ",
  );
  return new AuthError("AUTH_TOKEN_NOT_FOUND", {
    provider: provider.id,
    message: `No token was found${looked === "" ? ", since there is nowhere to look" : `: ${looked}`}.`,
    remedy: provider.tokenUrl === undefined ? remedy : `${remedy} Tokens are made at ${provider.tokenUrl}`,
    attempts,
  });
}
