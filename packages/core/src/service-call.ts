import { answerError, type Judgement, requestIdOf } from "./answer-error.ts";
import { AuthError } from "./errors.ts";
import { maskOf, quotable, safeCause } from "./mask.ts";
import { leadsTo, parseUrl } from "./origin.ts";
import type { Classification, FailedTry, ServiceAnswer } from "./provider-definition.ts";
import { sendToService } from "./service-request.ts";
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
  /** What the service judges, for the messages: the token's source, or `the password of ada`. */
  readonly source: string;
  /** Tokens, passwords and codes of the call: masked in whatever the service answers. */
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
  /** Parsed JSON; the text where it is none; `undefined` where there is no body. The secrets, if echoed, are masked. */
  readonly body: unknown;
  /** The service's id for the answer, where it gave one. */
  readonly requestId?: string;
}

/**
 * Makes the call without following redirects, and gives back a 2xx answer. Rejects with the signal's reason, or with an
 * `AuthError`: by what `classify` makes of the answer, else by its status; `AUTH_UNREACHABLE` where there is none;
 * `AUTH_ORIGIN_NOT_ALLOWED`, unsent, where the URL is on no allowed origin.
 */
export async function callService(call: ServiceCall): Promise<ServiceReply> {
  const { url, origins, source, now = Date.now, timeoutMs = 30_000 } = call;
  const provider = { ...call.provider, tokenUrl: call.provider.tokenUrl };
  const target = parseUrl(url);
  if (target === undefined || !leadsTo(origins, target)) {
    throw new AuthError("AUTH_ORIGIN_NOT_ALLOWED", {
      provider: provider.id,
      message: `The request would go to ${target === undefined ? "no URL" : target.origin}, where ${source} must not go.`,
      remedy: "Name an address of the service's own.",
    });
  }
  const mask = maskOf(call.secrets);
  const judgement: Judgement = {
    provider,
    origins,
    url,
    source,
    classify: call.classify,
    requestIdHeader: call.requestIdHeader,
    now,
    mask,
  };
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
    mask,
    timeoutMs,
    signal: call.signal,
    retryDelayMs: (failed, attempts) =>
      call.retry === false ? undefined : retryDelayMs(call, answerError(judgement, failed), attempts),
  }).catch((error: unknown) => {
    call.signal?.throwIfAborted();
    throw unreachable(judgement, error, call.limitMs ?? timeoutMs);
  });
  if (answer.status < 200 || answer.status > 299) throw answerError(judgement, answer);
  const requestId = requestIdOf(judgement, answer);
  return { ...answer, ...(requestId !== undefined && { requestId }) };
}

function encode(body: unknown): { readonly body?: string; readonly type?: string } {
  if (body === undefined) return {};
  if (body instanceof URLSearchParams)
    return { body: body.toString(), type: "application/x-www-form-urlencoded" };
  return { body: JSON.stringify(body), type: "application/json" };
}

function retryDelayMs(
  call: ServiceCall,
  { code, status, retryAfterMs }: AuthError,
  attempts: number,
): number | undefined {
  if (code !== "AUTH_RATE_LIMITED" && code !== "AUTH_UNREACHABLE") return undefined;
  const failed = {
    attempts,
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  return call.retryDelayMs?.(failed) ?? retryAfterMs ?? 300 * 2 ** (attempts - 1);
}

function unreachable(
  { provider, source, url, mask }: Judgement,
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
    message: `${provider.name} gave no answer at ${origin} ${why}; the token from ${source} was neither accepted nor refused.`,
    remedy: "Check the network, the proxy and baseUrl, then try again.",
    cause: late ? undefined : safeCause(network, message),
  });
}
