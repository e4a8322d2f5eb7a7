import { AuthError } from "./errors.ts";
import { readData } from "./json.ts";
import { type AnswerFacts, type Judgement, judgementOf } from "./judgement.ts";
import { loadPart } from "./load-part.ts";
import { safeCause } from "./mask.ts";
import { leadsTo, parseUrl } from "./origin.ts";
import type { FailedTry } from "./provider-definition.ts";
import { readBody } from "./read-body.ts";
import { quotable } from "./safe-message.ts";
import { longestAnswer, sendToService } from "./service-request.ts";
import { TimeLimitReached } from "./time-limit.ts";

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
      ...call.headers,
    },
    body,
    timeoutMs,
    async retryAfter(failed, attempts) {
      // Without the words it is not tried again either, and told below.
      const judge = call.retry === false ? undefined : await loadJudge(provider).catch(() => undefined);
      return judge?.pauseAfter(judge.answerError(call, failed), attempts, call.retryDelayMs);
    },
  }).catch((error: unknown) => {
    call.signal?.throwIfAborted();
    throw unreachable(call, error, call.limitMs ?? timeoutMs);
  });
  if (answer.status < 200 || answer.status > 299) throw (await loadJudge(provider)).answerError(call, answer);
  const requestId = call.requestIdOf(answer.headers);
  return { ...answer, ...(requestId !== undefined && { requestId }) };
}

/**
 * What an answer means that is not 2xx, as `callService` would reject with it; `undefined` for one that is. The answer's
 * body stays to be read. One that somebody else reads, or has read, plays no part.
 */
export async function errorOfAnswer(response: Response, facts: AnswerFacts): Promise<AuthError | undefined> {
  if (response.ok) return undefined;
  const isTaken = response.bodyUsed || response.body?.locked === true;
  const text = isTaken ? undefined : await readBody(response.clone(), longestAnswer);
  const body = text === undefined ? undefined : readData(text);
  const { status, headers, url } = response;
  const { answerError } = await loadJudge(facts.provider);
  return answerError(judgementOf({ ...facts, url }), { status, headers, body });
}

/** The words for answers that are no success come with the first one: the network is there then. */
export function loadJudge({ id }: Judgement["provider"]): Promise<typeof import("./answer-error.ts")> {
  return loadPart(id, import("./answer-error.ts"));
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
