import { AuthError, isAuthError } from "../errors.ts";
import { ignoreRejection } from "../untrusted/ignore-rejection.ts";
import { readData } from "../untrusted/json.ts";
import { leadsTo, parseUrl } from "../requests/origins.ts";
import type { FailedTry, ServiceAnswer } from "../provider/definition.ts";
import { longestAnswer, readBody } from "../untrusted/read-body.ts";
import { withTimeLimit } from "../time-limit.ts";
import type { Environment } from "../sources/source.ts";
import { answerError } from "./answer-error.ts";
import { type AnswerFacts, type CallContext, callContextOf } from "./call-context.ts";
import { networkFailure } from "./network-failure.ts";
import { boundedWait } from "./retry-after.ts";
import { type Pause, type ReadAnswer, sendToService } from "./send.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** One call of a service by the library itself: verify, login, logout, identity tokens. */
export interface ServiceCall extends AnswerFacts {
  /** Has to be on one of the origins. */
  readonly url: string;
  /** What to do where it is not. */
  readonly addressRemedy?: string | undefined;
  /** Default: `POST`. */
  readonly method?: "GET" | "POST" | undefined;
  /** The header with the token among them. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** `URLSearchParams` are sent as a form, anything else as JSON. Absent: no body. */
  readonly body?: unknown;
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** For the whole, retries included. Milliseconds. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** The limit as the caller knows it, where some of it is used up. */
  readonly limitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly retryDelayMs?: ((failed: FailedTry) => number) | undefined;
  /**
   * Whether 429 and 5xx are tried again, and a request that a kept-alive connection dropped. `false` for what must not be sent
   * twice. Default: true.
   */
  readonly retry?: boolean | undefined;
  /** Where the variables of a proxy may stand, for the message where there is no answer. Default: the process's. */
  readonly env?: Environment | undefined;
  /** Whether a 2xx is what was asked for. Where it is not, `classify` says what it is. Default: every one is. */
  readonly accepts?: ((answer: ServiceReply) => boolean) | undefined;
}

/** A 2xx answer. Its body is as it came: it may echo a secret. */
export interface ServiceReply extends Omit<ServiceAnswer, "source"> {
  /** The service's id for the answer, where it gave one. */
  readonly requestId?: string;
}

/**
 * Makes the call without following redirects, and gives back a 2xx answer. Rejects with the signal's reason, or with an
 * `AuthError`: by what `classify` makes of the answer, else by its status; `AUTH_UNREACHABLE` where there is none;
 * `AUTH_ORIGIN_NOT_ALLOWED`, unsent, where the URL is on no allowed origin.
 */
export async function callService(given: ServiceCall): Promise<ServiceReply> {
  const call = callContextOf(given);
  const { url, origins, provider, subject, timeoutMs = 30_000, retry = true } = call;
  const target = parseUrl(url);
  if (target === undefined || !leadsTo(origins, target)) {
    throw new AuthError("AUTH_ORIGIN_NOT_ALLOWED", {
      provider: provider.id,
      message: `The request would go to ${target === undefined ? "no URL" : target.origin}, where ${subject} must not go.`,
      remedy: call.addressRemedy ?? "Name an address of the service's own.",
    });
  }
  const { body, type } = encode(call.body);
  const answer = await sendToService({
    ...call,
    headers: {
      accept: "application/json",
      ...(type !== undefined && { "content-type": type }),
      ...lowerCased(call.headers),
    },
    body,
    timeoutMs,
    retryDropped: retry,
    failureOf(answered) {
      if (isSuccess(answered) && call.accepts?.(answered) !== false) return undefined;
      const failed = failureOfAnswer(call, answered);
      return {
        ...failed,
        pauseAfter: (attempts) => (retry ? pauseAfter(failed, attempts, call.retryDelayMs) : undefined),
      };
    },
  }).catch((error: unknown) => {
    call.signal?.throwIfAborted();
    throw isAuthError(error)
      ? error
      : networkFailure(call, error, { ...call, limitMs: call.limitMs ?? timeoutMs });
  });
  const requestId = call.requestIdOf(answer.headers);
  return { ...answer, ...(requestId !== undefined && { requestId }) };
}

interface AnswerFailure {
  readonly error: AuthError;
  readonly verdict: Verdict;
}

/** The one verdict of an answer, and the error that is made of it. */
function failureOfAnswer(context: CallContext, { status, headers, body }: ReadAnswer): AnswerFailure {
  const answer = { status, headers, body, source: context.source ?? context.subject };
  const verdict = verdictOf(answer, context);
  return { error: answerError(context, answer, verdict), verdict };
}

/** The time until a request is sent again that was answered like this, by the service, its provider or habit. */
function pauseAfter(
  { error: { status }, verdict: { code, stranger, retryAfterMs } }: AnswerFailure,
  attempts: number,
  retryDelayMs: ServiceCall["retryDelayMs"],
): Pause | undefined {
  if (code !== "AUTH_RATE_LIMITED" && code !== "AUTH_UNREACHABLE") return undefined;
  // What stands in between will say the same again.
  if (stranger !== undefined && status !== undefined && status < 429) return undefined;
  const failed = {
    attempts,
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  const delayMs = boundedWait(delayOf(retryDelayMs, failed)) ?? retryAfterMs ?? 300 * 2 ** (attempts - 1);
  return { delayMs, asked: retryAfterMs !== undefined };
}

/** The provider's own arithmetic. Where that fails, the others are left. */
function delayOf(retryDelayMs: ServiceCall["retryDelayMs"], failed: FailedTry): number | undefined {
  try {
    const delayMs = retryDelayMs?.(failed);
    ignoreRejection(delayMs);
    return delayMs;
  } catch {
    return undefined;
  }
}

/** Names in lower case, so that two of them are not one header with two values. */
export function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function isSuccess({ status }: { readonly status: number }): boolean {
  return status >= 200 && status <= 299;
}

/**
 * What an answer means that is not 2xx, as `callService` would reject with it. About a 2xx `classify` is asked: without a code
 * from it, `undefined`. The answer's body stays to be read. One that somebody else reads, or has read, plays no part, and
 * neither does one that is too long or does not end within `timeoutMs` (milliseconds; default: 30,000). Of a 2xx only
 * JSON is read.
 */
export async function errorOfAnswer(
  response: Response,
  { timeoutMs = 30_000, ...facts }: AnswerFacts & { readonly timeoutMs?: number | undefined },
): Promise<AuthError | undefined> {
  const { status, headers, url } = response;
  const isReply = isSuccess(response);
  if (isReply && facts.classify === undefined) return undefined;
  const text = isReply && !isJson(headers) ? undefined : await readCopy(response, timeoutMs);
  const body = text === undefined ? undefined : readData(text);
  const { error } = failureOfAnswer(callContextOf({ ...facts, url }), { status, headers, body });
  return isReply && error.code === "AUTH_RESPONSE_MALFORMED" ? undefined : error;
}

/** A stream of events or a file goes on for as long as it likes, and is no refusal. */
function isJson(headers: Headers): boolean {
  return /^[^;]*\bjson\b/i.test(headers.get("content-type") ?? "json");
}

async function readCopy(response: Response, timeoutMs: number): Promise<string | undefined> {
  if (response.bodyUsed || response.body?.locked === true) return undefined;
  const copy = response.clone();
  // Not in time, or broken off: the status is left to judge by.
  return withTimeLimit((stop) => readBody(copy, longestAnswer, stop), timeoutMs).catch(() => undefined);
}

function encode(body: unknown): { readonly body?: string; readonly type?: string } {
  if (body === undefined) return {};
  if (body instanceof URLSearchParams)
    return { body: body.toString(), type: "application/x-www-form-urlencoded" };
  return { body: JSON.stringify(body), type: "application/json" };
}
