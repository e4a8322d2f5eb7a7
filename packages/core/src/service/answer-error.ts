import { AuthError, type AuthErrorCode } from "../errors.ts";
import type { ServiceAnswer } from "../provider/definition.ts";
import { quotable } from "../untrusted/safe-message.ts";
import type { CallContext } from "./call-context.ts";
import type { Verdict } from "./verdict.ts";

/** The error for an answer, by its verdict. */
export function answerError(context: CallContext, answer: ServiceAnswer, verdict: Verdict): AuthError {
  const { provider, mask } = context;
  const { status, headers } = answer;
  const { code, reason, remedy, requestId, retryAfterMs } = verdict;
  const words = reason === undefined ? "" : `: ${quotable(mask(reason)).replace(/[.!]+$/, "")}`;
  return new AuthError(code, {
    provider: provider.id,
    message: `${statement(context, answer, verdict)}${words}.${hint(code, context)}`,
    remedy: remedy === undefined ? remedyFor(context, answer, verdict) : mask(remedy),
    status,
    requestId: context.requestIdOf(headers, requestId),
    retryAfterMs,
  });
}

/** A token that has another form than the service's may be another service's. It may also be of a form that is new. */
function hint(code: AuthErrorCode, { provider, source, secrets: [token] }: CallContext): string {
  const { tokenPattern, name } = provider;
  if (code !== "AUTH_TOKEN_REJECTED" || source === undefined || token === undefined) return "";
  return tokenPattern === undefined || tokenPattern.test(token)
    ? ""
    : ` It does not look like a token of ${name}.`;
}

function statement(
  { provider, subject, mask }: CallContext,
  answer: ServiceAnswer,
  verdict: Verdict,
): string {
  const { status } = answer;
  const { name } = provider;
  if (verdict.stranger === "proxy")
    return `A proxy on the way to ${name} wants a login of its own (status 407), which says nothing about ${subject}`;
  const page = verdict.stranger === "page" ? ` with a page of HTML${signatureOf(answer, mask)}` : "";
  if (page !== "" && !isBusy(answer))
    return `Something in front of ${name} answered${page} (status ${status}), which says nothing about ${subject}`;
  return isEmpty(answer, verdict)
    ? `${name} accepted the request (status ${status}) but did not say whom ${subject} speaks for`
    : `${sentence(verdict.code, name, subject)} (status ${status}${page === "" ? "" : `,${page}`})`;
}

/** What a page says of whoever made it: its server and its title. Masked before they are cut, since half a token is one too. */
function signatureOf({ headers, body }: ServiceAnswer, mask: CallContext["mask"]): string {
  const server = quotable(mask(headers.get("server") ?? "")).slice(0, 60);
  const start = typeof body === "string" ? body.slice(0, 10_000) : "";
  const title = quotable(mask(/<title[^<>]{0,200}>([^<]+)/i.exec(start)?.[1] ?? "")).slice(0, 100);
  const facts = [
    ...(server === "" ? [] : [`server ${server}`]),
    ...(title === "" ? [] : [`title "${title}"`]),
  ];
  return facts.length === 0 ? "" : ` (${facts.join(", ")})`;
}

/** A service that is out of order, or is asked too often, is told by what stands in front of it. */
function isBusy({ status }: ServiceAnswer): boolean {
  return status === 429 || status >= 500;
}

function isEmpty({ status }: ServiceAnswer, { code }: Verdict): boolean {
  return code === "AUTH_RESPONSE_MALFORMED" && status >= 200 && status <= 299;
}

function sentence(code: AuthErrorCode, service: string, subject: string): string {
  switch (code) {
    case "AUTH_TOKEN_REJECTED":
      return `${service} refused ${subject}`;
    case "AUTH_TOKEN_EXPIRED":
      return `${service} says that ${subject} has expired`;
    case "AUTH_PERMISSION_DENIED":
      return `${service} knows ${subject} and does not allow it this`;
    case "AUTH_RATE_LIMITED":
      return `${service} is rate-limiting, and did not check ${subject}`;
    case "AUTH_UNREACHABLE":
      return `${service} is out of order, and did not check ${subject}`;
    case "AUTH_LOGIN_FAILED":
      return `${service} did not accept ${subject}`;
    case "AUTH_OTP_REQUIRED":
      return `${service} wants a one-time code beside ${subject}`;
    case "AUTH_ORIGIN_NOT_ALLOWED":
      return `${service} redirected to another origin, where ${subject} must not go`;
    default:
      return `${service} answered in a way that says nothing about ${subject}`;
  }
}

function remedyFor(context: CallContext, answer: ServiceAnswer, verdict: Verdict): string {
  const { provider, source, server, url } = context;
  const { code, retryAfterMs } = verdict;
  if (verdict.stranger === "proxy")
    return "Put the proxy's user and password into its address, as in HTTPS_PROXY=http://user:password@proxy:8080, or ask whoever runs it.";
  if (verdict.stranger === "page" && !isBusy(answer))
    return `Find what answers in place of the ${server.name}, such as a proxy, a firewall or a login page, and let requests to ${new URL(url).origin} through; or check that ${server.option} is the address of the ${server.name}.`;
  if (isEmpty(answer, verdict))
    return "Check that baseUrl is the address of the API, and that nothing on the way rewrites its answers.";
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
