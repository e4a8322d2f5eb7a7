import { answerError, pauseAfter } from "./answer-error.ts";
import { AuthError, isAuthError } from "./errors.ts";
import { readData } from "./json.ts";
import { type AnswerFacts, type Judgement, judgementOf } from "./judgement.ts";
import { safeCause } from "./mask.ts";
import { leadsTo, parseUrl } from "./origin.ts";
import type { FailedTry } from "./provider-definition.ts";
import { longestAnswer, readBody } from "./read-body.ts";
import { quotable } from "./safe-message.ts";
import { sendToService } from "./service-request.ts";
import { TimeLimitReached, withTimeLimit } from "./time-limit.ts";

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
  /** Whether 429 and 5xx are tried again. Default: true. */
  readonly retry?: boolean | undefined;
  /** Whether a 2xx is what was asked for. Where it is not, `classify` says what it is. Default: every one is. */
  readonly accepts?: ((answer: ServiceReply) => boolean) | undefined;
}

/** A 2xx answer. */
export interface ServiceReply {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; the text where it is none; `undefined` where there is no body. As it came: it may echo a secret. */
  readonly body: unknown;
  /** The service's id for the answer, where it gave one. */
  readonly requestId?: string;
}

/**
 * Makes the call without following redirects, and gives back a 2xx answer. Rejects with the signal's reason, or with an
 * `AuthError`: by what `classify` makes of the answer, else by its status; `AUTH_UNREACHABLE` where there is none;
 * `AUTH_ORIGIN_NOT_ALLOWED`, unsent, where the URL is on no allowed origin.
 */
export async function callService(given: ServiceCall): Promise<ServiceReply> {
  const call = judgementOf(given);
  const { url, origins, provider, judged, timeoutMs = 30_000 } = call;
  const target = parseUrl(url);
  if (target === undefined || !leadsTo(origins, target)) {
    throw new AuthError("AUTH_ORIGIN_NOT_ALLOWED", {
      provider: provider.id,
      message: `The request would go to ${target === undefined ? "no URL" : target.origin}, where ${judged} must not go.`,
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
    errorOf: (answered) =>
      isSuccess(answered) && call.accepts?.(answered) !== false ? undefined : answerError(call, answered),
    pauseAfter: (error, attempts) =>
      call.retry === false ? undefined : pauseAfter(error, attempts, call.retryDelayMs),
  }).catch((error: unknown) => {
    call.signal?.throwIfAborted();
    throw isAuthError(error) ? error : unreachable(call, error, call.limitMs ?? timeoutMs);
  });
  const requestId = call.requestIdOf(answer.headers);
  return { ...answer, ...(requestId !== undefined && { requestId }) };
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
  const error = answerError(judgementOf({ ...facts, url }), { status, headers, body });
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

function unreachable(
  { provider, judged, server, url, mask }: Judgement,
  error: unknown,
  timeoutMs: number,
): AuthError {
  const { origin } = new URL(url);
  const late = error instanceof TimeLimitReached;
  // The platform says "fetch failed" and keeps the reason as the cause.
  const network = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = quotable(mask(network instanceof Error ? network.message : String(network)));
  const why = late ? `within ${timeoutMs} ms` : `(${message === "" ? "no reason given" : message})`;
  return new AuthError("AUTH_UNREACHABLE", {
    provider: provider.id,
    message: `${provider.name} gave no answer at ${origin} ${why}, which says nothing about ${judged}.`,
    remedy: `Check the network, the proxy and ${server.option}, then try again.`,
    cause: late ? undefined : safeCause(network, message),
  });
}
