import { answerError, type CalledServer, type Judgement, requestIdOf } from "./answer-error.ts";
import { AuthError } from "./errors.ts";
import { maskOf, safeCause } from "./mask.ts";
import { readData } from "./json.ts";
import { leadsTo, parseUrl } from "./origin.ts";
import { own } from "./own.ts";
import type { Classification, FailedTry, ServiceAnswer } from "./provider-definition.ts";
import { readBody } from "./read-body.ts";
import { quotable } from "./safe-message.ts";
import { longestAnswer, type Pause, sendToService } from "./service-request.ts";
import { TimeLimitReached } from "./time-limit.ts";

/** One call of a service by the library itself: verify, login, logout, identity tokens. */
export interface ServiceCall {
  readonly provider: { readonly id: string; readonly name: string; readonly tokenUrl?: string | undefined };
  /** Where the secrets of the call may go. The URL has to be on one of them. */
  readonly origins: readonly string[];
  readonly url: string;
  /** Default: `POST`. */
  readonly method?: "GET" | "POST" | undefined;
  /** The header with the token among them. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** `URLSearchParams` are sent as a form, anything else as JSON. Absent: no body. */
  readonly body?: unknown;
  /** Where the token comes from that is sent. Absent: none is sent. */
  readonly source?: string | undefined;
  /** What the service judges, for the messages: `the password of ada`. Default: the token from `source`. */
  readonly judged?: string | undefined;
  /** What is called, for the remedies, and the option with its address. Default: the API, and `baseUrl`. */
  readonly server?: CalledServer | undefined;
  /** Tokens, passwords and codes of the call: masked in what is quoted of an answer. */
  readonly secrets: readonly string[];
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly now?: (() => number) | undefined;
  /** For the whole, retries included. Milliseconds. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  /** The limit as the caller knows it, where some of it is used up. */
  readonly limitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly classify?: ((answer: ServiceAnswer) => Classification) | undefined;
  readonly requestIdHeader?: string | undefined;
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
  const call = own(given);
  const { url, origins, provider, judged = judgedOf(call), timeoutMs = 30_000 } = call;
  const target = parseUrl(url);
  if (target === undefined || !leadsTo(origins, target)) {
    throw new AuthError("AUTH_ORIGIN_NOT_ALLOWED", {
      provider: provider.id,
      message: `The request would go to ${target === undefined ? "no URL" : target.origin}, where ${judged} must not go.`,
      remedy: "Name an address of the service's own.",
    });
  }
  const judgement = judgementOf({ ...call, judged });
  const { body, type } = encode(call.body);
  const answer = await sendToService({
    url,
    method: call.method ?? "POST",
    headers: {
      accept: "application/json",
      ...(type !== undefined && { "content-type": type }),
      ...call.headers,
    },
    body,
    fetch: call.fetch ?? ((input, init) => fetch(input, init)),
    timeoutMs,
    signal: call.signal,
    retryAfter: (failed, attempts) =>
      call.retry === false ? undefined : pauseAfter(call, answerError(judgement, failed), attempts),
  }).catch((error: unknown) => {
    call.signal?.throwIfAborted();
    throw unreachable(judgement, error, call.limitMs ?? timeoutMs);
  });
  if (answer.status < 200 || answer.status > 299) throw answerError(judgement, answer);
  const requestId = requestIdOf(judgement, answer);
  return { ...answer, ...(requestId !== undefined && { requestId }) };
}

/** What the answer to a request that somebody else made is judged by. */
export type AnswerFacts = Pick<
  ServiceCall,
  "provider" | "origins" | "source" | "judged" | "server" | "secrets" | "classify" | "requestIdHeader" | "now"
>;

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
  return answerError(judgementOf({ ...facts, url }), { status, headers, body });
}

function judgementOf(given: AnswerFacts & Pick<ServiceCall, "url">): Judgement {
  const facts = own(given);
  const { provider, origins, url, source, judged = judgedOf(facts), classify, requestIdHeader } = facts;
  return {
    provider: { ...provider, tokenUrl: provider.tokenUrl },
    origins,
    url,
    source,
    judged,
    server: facts.server ?? { name: "API", option: "baseUrl" },
    classify,
    requestIdHeader,
    now: facts.now ?? Date.now,
    mask: maskOf(facts.secrets.flatMap(spellings)),
  };
}

/** A secret as it was given, and as it stands in the body that was sent: a service may quote what it got. */
function spellings(secret: string): string[] {
  const inForm = new URLSearchParams([["", secret]]).toString().slice(1);
  return [secret, JSON.stringify(secret).slice(1, -1), inForm];
}

function judgedOf({ source }: AnswerFacts): string {
  return source === undefined ? "the request" : `the token from ${source}`;
}

function encode(body: unknown): { readonly body?: string; readonly type?: string } {
  if (body === undefined) return {};
  if (body instanceof URLSearchParams)
    return { body: body.toString(), type: "application/x-www-form-urlencoded" };
  return { body: JSON.stringify(body), type: "application/json" };
}

function pauseAfter(
  call: ServiceCall,
  { code, status, retryAfterMs }: AuthError,
  attempts: number,
): Pause | undefined {
  if (code !== "AUTH_RATE_LIMITED" && code !== "AUTH_UNREACHABLE") return undefined;
  const failed = {
    attempts,
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  const delayMs = call.retryDelayMs?.(failed) ?? retryAfterMs ?? 300 * 2 ** (attempts - 1);
  return { delayMs, asked: retryAfterMs !== undefined };
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
