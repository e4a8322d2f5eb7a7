import type { AuthState } from "./auth-state.ts";
import { type CachedToken, headersOf } from "./requests/authorizer.ts";
import { AuthError, isAuthError } from "./errors.ts";
import type { Identity } from "./identity.ts";
import { ignoreRejection } from "./untrusted/ignore-rejection.ts";
import { parseJson } from "./untrusted/json.ts";
import { secretsOf } from "./service/call-context.ts";
import { maskOf } from "./untrusted/mask.ts";
import { joinUrl } from "./requests/origins.ts";
import type { ServiceAnswer, VerifyEndpoint } from "./provider/definition.ts";
import { callService, lowerCased, type ServiceCall } from "./service/call.ts";
import { otherTokens } from "./sources/other-tokens.ts";
import { TimeLimitReached, withTimeLimit } from "./time-limit.ts";
import { isTokenRejected } from "./service/verdict.ts";

/** Whom the token speaks for, and which token that was. JSON-safe; holds no secret. */
export interface Verification<I extends Identity> {
  readonly identity: I;
  readonly token: { readonly source: string; readonly expiresAt?: number; readonly fingerprint: string };
  /** From the call to the answer. Milliseconds. */
  readonly durationMs: number;
  /** The service's id for the answer, where it gave one. */
  readonly requestId?: string;
}

/** Verifies the token of an auth: finds it, asks the service, forgets it where it is refused, and tells who listens. */
export async function verify<I extends Identity>(
  subject: AuthState<I>,
  asked: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number | undefined },
): Promise<Verification<I>> {
  const { provider, events, holder, setup, context } = subject;
  const { now } = context;
  const { signal, timeoutMs = subject.timeoutMs } = asked;
  const deadline = Date.now() + timeoutMs;
  const startedAt = now();
  const done = (
    outcome: string,
    { status, requestId }: { readonly status?: number; readonly requestId?: string },
  ): void => {
    if (!events.wants("verify.done")) return;
    const durationMs = now() - startedAt;
    events.emit("verify.done", {
      outcome,
      durationMs,
      ...(status !== undefined && { status }),
      ...(requestId !== undefined && { requestId }),
    });
  };
  let held: CachedToken | undefined;
  try {
    held = await withTimeLimit((stop) => holder.get(stop), timeoutMs, signal).catch((error: unknown) => {
      throw error instanceof TimeLimitReached ? noTokenInTime(provider.id, timeoutMs) : error;
    });
    const { token } = held;
    const { source, expiresAt } = token;
    const leftMs = Math.max(deadline - Date.now(), 1);
    const limits = { timeoutMs: leftMs, limitMs: timeoutMs, signal };
    const { identity, requestId } = await identify(subject, held, limits);
    const result = {
      identity,
      token: {
        source,
        ...(expiresAt !== undefined && { expiresAt }),
        fingerprint: token.fingerprint(),
      },
      durationMs: now() - startedAt,
      ...(requestId !== undefined && { requestId }),
    };
    done("verified", result);
    return result;
  } catch (error) {
    if (!isAuthError(error)) throw error;
    const refused = isTokenRejected(error) ? held : undefined;
    if (refused !== undefined) holder.reject(refused.value);
    done(error.code, error);
    if (refused === undefined) throw error;
    throw withOthers(error, await otherTokens(setup.sources, refused.attempts, refused.token, context));
  }
}

/** The same refusal, with the other tokens that are set: the one that was meant may be among them. */
function withOthers(error: AuthError, others: readonly string[]): AuthError {
  if (others.length === 0) return error;
  const { code, provider, remedy, message, status, requestId, retryAfterMs } = error;
  const told = message.slice(`${provider}: `.length, -remedy.length - 1);
  return new AuthError(code, {
    provider,
    message: `${told} ${others.join(" and ")} ${others.length === 1 ? "holds" : "hold"} another token, which was not tried.`,
    remedy,
    status,
    requestId,
    retryAfterMs,
  });
}

/** Asks the service whom a token speaks for. Redirects are refused; 429 and 5xx are tried again while there is time. */
async function identify<I extends Identity>(
  { provider, setup, context }: AuthState<I>,
  held: CachedToken,
  limits: Pick<ServiceCall, "timeoutMs" | "limitMs" | "signal">,
): Promise<{ readonly identity: I; readonly requestId?: string }> {
  const { origins, classify, requestIdHeader, retryDelayMs } = setup;
  const endpoint = setup.verify(held.token);
  const { source } = held.token;
  const secrets = secretsOf(held);
  const mask = maskOf(secrets, provider.tokenPattern);
  let identity: I | undefined;
  const reply = await callService({
    ...context,
    ...limits,
    provider,
    origins,
    url: joinUrl(setup.baseUrl, endpoint.path),
    addressRemedy: "Give verify.path as a path on the provider's own origin.",
    method: endpoint.method ?? "GET",
    headers: headersFor(held, lowerCased(endpoint.headers)),
    body: endpoint.body,
    source,
    secrets,
    classify,
    requestIdHeader,
    retryDelayMs,
    accepts: (answer) => (identity = readIdentity(endpoint, answer, source, mask)) !== undefined,
  });
  return { ...reply, identity: identity as I };
}

/** The endpoint's own headers win over the provider's; of those that are lists, both go. The token's own always goes. */
function headersFor(
  held: CachedToken,
  own: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const lists = (held.beside ?? [])
    .filter(({ name, isList }) => isList && Object.hasOwn(own, name))
    .map(({ name, value }) => [name, `${value}, ${own[name]}`]);
  return { ...headersOf(held), ...own, ...Object.fromEntries(lists), [held.header]: held.value };
}

/** An identity as data. Programs print it: what it says is the service's, and may echo the token. */
function readIdentity<I extends Identity>(
  endpoint: VerifyEndpoint<I>,
  { body, headers }: Pick<ServiceAnswer, "body" | "headers">,
  source: string,
  mask: (text: string) => string,
): I | undefined {
  try {
    const told: unknown = endpoint.identify(body, { headers, source });
    if (typeof told !== "object" || told === null) return undefined;
    ignoreRejection(told);
    const identity = parseJson(mask(JSON.stringify(told))) as I;
    return typeof identity.kind === "string" && typeof identity.id === "string" ? identity : undefined;
  } catch {
    // An answer of another shape than the documented one, met by code that trusts the shape.
    return undefined;
  }
}

function noTokenInTime(provider: string, timeoutMs: number): AuthError {
  return new AuthError("AUTH_TOKEN_SOURCE_FAILED", {
    provider,
    message: `No token source gave an answer within ${timeoutMs} ms.`,
    remedy: "Find out what they wait for, or allow more time with timeoutMs.",
  });
}
