import type { Judgement } from "./answer-error.ts";
import { AuthError } from "./errors.ts";
import type { Identity } from "./identity.ts";
import { parseJson } from "./json.ts";
import { maskOf } from "./mask.ts";
import { leadsTo, parseUrl } from "./origin.ts";
import type { VerifyEndpoint } from "./provider-definition.ts";
import { callService, type ServiceReply } from "./service-call.ts";
import type { CheckedSetup } from "./setup.ts";
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
  const secrets = [token.reveal(), header, header.slice(header.indexOf(" ") + 1)];
  const answer = await callService({
    provider,
    origins: setup.origins,
    url: url.href,
    method,
    headers: { [setup.inject.header]: header },
    body,
    source: token.source,
    secrets,
    fetch: request.fetch,
    now,
    timeoutMs: request.timeoutMs,
    limitMs: request.limitMs,
    signal: request.signal,
    classify: setup.classify,
    requestIdHeader: setup.requestIdHeader,
    retryDelayMs: setup.retryDelayMs,
  });
  const identity = readIdentity(answer, token.source, identify);
  if (identity === undefined) throw malformed(request, answer);
  const { requestId } = answer;
  return {
    // Programs print it: what it says is the service's, and may echo the token.
    identity: parseJson(JSON.stringify(identity), maskOf(secrets)) as I,
    token: {
      source: token.source,
      ...(token.expiresAt !== undefined && { expiresAt: token.expiresAt }),
      fingerprint: token.fingerprint(),
    },
    durationMs: now() - request.startedAt,
    ...(requestId !== undefined && { requestId }),
  };
}

function readIdentity<I extends Identity>(
  { body }: ServiceReply,
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

function malformed<I extends Identity>(
  { provider, token }: VerifyRequest<I>,
  answer: ServiceReply,
): AuthError {
  return new AuthError("AUTH_RESPONSE_MALFORMED", {
    provider: provider.id,
    message: `${provider.name} accepted the request (status ${answer.status}) but did not say whom the token from ${token.source} speaks for.`,
    remedy: "Check that baseUrl is the address of the API, and that nothing on the way rewrites its answers.",
    status: answer.status,
    requestId: answer.requestId,
  });
}
