import { AuthError, type AuthErrorCode } from "./errors.ts";
import type { Judgement } from "./judgement.ts";
import { leadsTo, parseUrl } from "./origin.ts";
import type { FailedTry } from "./provider-definition.ts";
import { boundedWait, parseRetryAfter } from "./retry-after.ts";
import { quotable } from "./safe-message.ts";
import type { Pause, PlainAnswer } from "./service-request.ts";

/** The error for an answer that is not 2xx: by what the provider makes of it, else by its status. */
export function answerError(judgement: Judgement, answer: PlainAnswer): AuthError {
  const { provider, judged, mask } = judgement;
  const { status, headers } = answer;
  const said = judgement.meaningOf(answer);
  const code = said.code ?? codeOf(status, judgement, headers);
  const retryAfterMs = Object.hasOwn(said, "retryAfterMs")
    ? boundedWait(said.retryAfterMs)
    : parseRetryAfter(headers.get("retry-after"), judgement.now);
  const words = said.reason === undefined ? "" : `: ${quotable(mask(said.reason)).replace(/[.!]+$/, "")}`;
  return new AuthError(code, {
    provider: provider.id,
    message: `${sentence(code, provider.name, judged)} (status ${status})${words}.`,
    remedy: said.remedy === undefined ? remedyFor(code, judgement, retryAfterMs) : mask(said.remedy),
    status,
    requestId: judgement.requestIdOf(headers, said.requestId),
    retryAfterMs,
  });
}

/** The error for a 2xx answer to verify that does not say whom the token speaks for. */
export function malformedError(
  { id, name }: Judgement["provider"],
  source: string,
  { status, requestId }: { readonly status: number; readonly requestId?: string | undefined },
): AuthError {
  return new AuthError("AUTH_RESPONSE_MALFORMED", {
    provider: id,
    message: `${name} accepted the request (status ${status}) but did not say whom the token from ${source} speaks for.`,
    remedy: "Check that baseUrl is the address of the API, and that nothing on the way rewrites its answers.",
    status,
    requestId,
  });
}

/** The time until a request is sent again that was answered like this, by the service, its provider or habit. */
export function pauseAfter(
  { code, status, retryAfterMs }: AuthError,
  attempts: number,
  retryDelayMs: ((failed: FailedTry) => number) | undefined,
): Pause | undefined {
  if (code !== "AUTH_RATE_LIMITED" && code !== "AUTH_UNREACHABLE") return undefined;
  const failed = {
    attempts,
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  const delayMs = retryDelayMs?.(failed) ?? retryAfterMs ?? 300 * 2 ** (attempts - 1);
  return { delayMs, asked: retryAfterMs !== undefined };
}

function codeOf(status: number, { origins, url }: Judgement, headers: Headers): AuthErrorCode {
  if (status === 401) return "AUTH_TOKEN_REJECTED";
  if (status === 403) return "AUTH_PERMISSION_DENIED";
  if (status === 429) return "AUTH_RATE_LIMITED";
  if (status >= 500) return "AUTH_UNREACHABLE";
  const target = status >= 300 && status < 400 ? parseUrl(headers.get("location") ?? "", url) : undefined;
  return target !== undefined && !leadsTo(origins, target)
    ? "AUTH_ORIGIN_NOT_ALLOWED"
    : "AUTH_RESPONSE_MALFORMED";
}

function sentence(code: AuthErrorCode, service: string, judged: string): string {
  switch (code) {
    case "AUTH_TOKEN_REJECTED":
      return `${service} refused ${judged}`;
    case "AUTH_TOKEN_EXPIRED":
      return `${service} says that ${judged} has expired`;
    case "AUTH_PERMISSION_DENIED":
      return `${service} knows ${judged} and does not allow it this`;
    case "AUTH_RATE_LIMITED":
      return `${service} is being asked too often and did not judge ${judged}`;
    case "AUTH_UNREACHABLE":
      return `${service} is out of order and did not judge ${judged}`;
    case "AUTH_LOGIN_FAILED":
      return `${service} did not accept ${judged}`;
    case "AUTH_OTP_REQUIRED":
      return `${service} wants a one-time code beside ${judged}`;
    case "AUTH_ORIGIN_NOT_ALLOWED":
      return `${service} redirected to another origin, where ${judged} must not go`;
    default:
      return `${service} answered in a way that says nothing about ${judged}`;
  }
}

function remedyFor(
  code: AuthErrorCode,
  { provider, source, server }: Judgement,
  retryAfterMs: number | undefined,
): string {
  switch (code) {
    case "AUTH_TOKEN_REJECTED":
    case "AUTH_TOKEN_EXPIRED":
      if (source === undefined) return "Check what was sent, and try again.";
      return `Replace the token in ${source} by a new one${provider.tokenUrl === undefined ? "." : ` from ${provider.tokenUrl}`}`;
    case "AUTH_PERMISSION_DENIED":
      return "Ask an administrator for the permission, or use a token of somebody who has it.";
    case "AUTH_RATE_LIMITED":
      return retryAfterMs === undefined
        ? "Try again later."
        : `Try again in ${Math.ceil(retryAfterMs / 1000)} s.`;
    case "AUTH_UNREACHABLE":
      return source === undefined ? "Try again later." : "Try again later; the token may be good.";
    case "AUTH_LOGIN_FAILED":
      return "Check the user name and the password.";
    case "AUTH_OTP_REQUIRED":
      return "Log in again with the code of the authenticator.";
    default:
      return `Check that ${server.option} is the address of the ${server.name}.`;
  }
}
