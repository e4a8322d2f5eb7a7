import { answerError, type Judgement, requestIdOf } from "./answer-error.ts";
import { AuthError } from "./errors.ts";
import type { Identity } from "./identity.ts";
import { maskOf, quotable, safeCause } from "./mask.ts";
import { leadsTo, parseUrl } from "./origin.ts";
import type { VerifyEndpoint } from "./provider-definition.ts";
import { type PlainAnswer, sendToService } from "./service-request.ts";
import type { CheckedSetup } from "./setup.ts";
import { TimeLimitReached } from "./time-limit.ts";
import type { Token } from "./token.ts";

/** Whom the token speaks for, and which token that was. JSON-safe; holds no secret. */
export interface Verification<I extends Identity> {
  readonly identity: I;
  readonly token: { readonly source: string; readonly expiresAt?: number; readonly fingerprint: string };
  /** From the call to the answer. Milliseconds. */
  readonly durationMs: number;
  /** The service's id for the answer, where it gave one. */
  readonly requestId?: string;
}

export interface VerifyRequest<I extends Identity> {
  readonly provider: Judgement["provider"];
  readonly setup: CheckedSetup<I>;
  readonly token: Token;
  /** The finished value of the header that carries the token. */
  readonly header: string;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  readonly startedAt: number;
  /** What is left of the limit. Milliseconds. */
  readonly timeoutMs: number;
  /** The limit that the caller knows of. Milliseconds. */
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the service whom the token speaks for. Redirects are refused; 429 and 5xx are tried again while there is time. */
export async function verify<I extends Identity>(request: VerifyRequest<I>): Promise<Verification<I>> {
  const { provider, setup, token, header, now } = request;
  const { method = "GET", path, body, identify } = setup.verify;
  const url = parseUrl(path, setup.baseUrl);
  if (url === undefined || !leadsTo(setup.origins, url)) {
    throw new AuthError("AUTH_ORIGIN_NOT_ALLOWED", {
      provider: provider.id,
      message: `The verify path leads to ${url === undefined ? "no URL" : url.origin}, where the token must not go.`,
      remedy: "Give verify.path as a path on the provider's own origin.",
    });
  }
  const credentials = header.slice(header.indexOf(" ") + 1);
  const mask = maskOf([token.reveal(), header, credentials]);
  const judgement: Judgement = {
    provider,
    origins: setup.origins,
    url: url.href,
    source: token.source,
    classify: setup.classify,
    requestIdHeader: setup.requestIdHeader,
    now,
    mask,
  };

  const answer = await sendToService({
    url: url.href,
    method,
    headers: {
      accept: "application/json",
      ...(body !== undefined && { "content-type": "application/json" }),
      [setup.inject.header]: header,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    fetch: request.fetch,
    mask,
    timeoutMs: request.timeoutMs,
    signal: request.signal,
    retryDelayMs: (failed, attempts) => retryDelayMs(setup, answerError(judgement, failed), attempts),
  }).catch((error: unknown) => {
    request.signal?.throwIfAborted();
    throw unreachable(judgement, error, request.limitMs);
  });

  if (answer.status < 200 || answer.status > 299) throw answerError(judgement, answer);
  const identity = readIdentity(answer, token.source, identify);
  if (identity === undefined) throw malformed(judgement, answer);
  const requestId = requestIdOf(judgement, answer);
  return {
    identity,
    token: {
      source: token.source,
      ...(token.expiresAt !== undefined && { expiresAt: token.expiresAt }),
      fingerprint: token.fingerprint(),
    },
    durationMs: now() - request.startedAt,
    ...(requestId !== undefined && { requestId }),
  };
}

function retryDelayMs<I extends Identity>(
  setup: CheckedSetup<I>,
  { code, status, retryAfterMs }: AuthError,
  attempts: number,
): number | undefined {
  if (code !== "AUTH_RATE_LIMITED" && code !== "AUTH_UNREACHABLE") return undefined;
  const failed = {
    attempts,
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  return setup.retryDelayMs?.(failed) ?? retryAfterMs ?? 300 * 2 ** (attempts - 1);
}

function readIdentity<I extends Identity>(
  { body }: PlainAnswer,
  source: string,
  identify: VerifyEndpoint<I>["identify"],
): I | undefined {
  try {
    const identity = identify(body, { source });
    return typeof identity?.kind === "string" && typeof identity.id === "string" ? identity : undefined;
  } catch {
    // An answer of another shape than the documented one, met by code that trusts the shape.
    return undefined;
  }
}

function malformed(judgement: Judgement, answer: PlainAnswer): AuthError {
  const { provider, source } = judgement;
  return new AuthError("AUTH_RESPONSE_MALFORMED", {
    provider: provider.id,
    message: `${provider.name} accepted the request (status ${answer.status}) but did not say whom the token from ${source} speaks for.`,
    remedy: "Check that baseUrl is the address of the API, and that nothing on the way rewrites its answers.",
    status: answer.status,
    requestId: requestIdOf(judgement, answer),
  });
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
