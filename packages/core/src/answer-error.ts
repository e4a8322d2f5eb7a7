import { AuthError, type AuthErrorCode } from "./errors.ts";
import type { Judgement } from "./judgement.ts";
import type { FailedTry } from "./provider-definition.ts";
import { boundedWait } from "./retry-after.ts";
import { quotable } from "./safe-message.ts";
import type { Pause, PlainAnswer } from "./service-request.ts";
import { verdictOf } from "./verdict.ts";

/** The error for an answer, by its verdict. */
export function answerError(judgement: Judgement, answer: PlainAnswer): AuthError {
  const { provider, judged, source = judged, mask } = judgement;
  const { status, headers } = answer;
  const { code, reason, remedy, requestId, retryAfterMs } = verdictOf({ ...answer, source }, judgement);
  const isEmpty = code === "AUTH_RESPONSE_MALFORMED" && status >= 200 && status <= 299;
  const what = isEmpty
    ? `${provider.name} accepted the request (status ${status}) but did not say whom ${judged} speaks for`
    : `${sentence(code, provider.name, judged)} (status ${status})`;
  const words = reason === undefined ? "" : `: ${quotable(mask(reason)).replace(/[.!]+$/, "")}`;
  const todo = isEmpty ? emptyRemedy : remedyFor(code, judgement, retryAfterMs);
  return new AuthError(code, {
    provider: provider.id,
    message: `${what}${words}.${hint(code, judgement)}`,
    remedy: remedy === undefined ? todo : mask(remedy),
    status,
    requestId: judgement.requestIdOf(headers, requestId),
    retryAfterMs,
  });
}

/** A token that has another form than the service's may be another service's. It may also be of a form that is new. */
function hint(code: AuthErrorCode, { provider, source, secrets: [token] }: Judgement): string {
  const { tokenPattern, name } = provider;
  if (code !== "AUTH_TOKEN_REJECTED" || source === undefined || token === undefined) return "";
  return tokenPattern === undefined || tokenPattern.test(token)
    ? ""
    : ` It does not look like a token of ${name}.`;
}

const emptyRemedy =
  "Check that baseUrl is the address of the API, and that nothing on the way rewrites its answers.";

/** The time until a request is sent again that failed like this, by the service, its provider or habit. */
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
  const delayMs = boundedWait(delayOf(retryDelayMs, failed)) ?? retryAfterMs ?? 300 * 2 ** (attempts - 1);
  return { delayMs, asked: retryAfterMs !== undefined };
}

/** The provider's own arithmetic. Where that fails, the others are left. */
function delayOf(
  retryDelayMs: ((failed: FailedTry) => number) | undefined,
  failed: FailedTry,
): number | undefined {
  try {
    return retryDelayMs?.(failed);
  } catch {
    return undefined;
  }
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
