import type { AuthErrorCode } from "../errors.ts";
import { ignoreRejection } from "../untrusted/ignore-rejection.ts";
import { leadsTo, parseUrl } from "../requests/origins.ts";
import { ownProperties } from "../untrusted/own-properties.ts";
import type { Classification, ServiceAnswer } from "../provider/definition.ts";
import { boundedWait, parseRetryAfter } from "./retry-after.ts";

/** What an answer means: made once, it decides about another try, about the token that is held, and makes the error. */
export interface Verdict extends Classification {
  readonly code: AuthErrorCode;
  /** What answered, where it was not the service: a page of something in front of it, or a proxy that wants a login. */
  readonly stranger?: "page" | "proxy" | undefined;
}

/** What an answer is read by. */
export interface VerdictFacts {
  readonly classify?: ((answer: ServiceAnswer) => Classification) | undefined;
  /** What was asked, and where it may lead on to. Without them a redirect is an answer like any other. */
  readonly url?: string | undefined;
  readonly origins?: readonly string[] | undefined;
  readonly now?: (() => number) | undefined;
}

/** The meaning of an answer that is not what was asked for: by what the provider makes of it, else by its status. */
export function verdictOf(answer: ServiceAnswer, facts: VerdictFacts): Verdict {
  const said = classified(facts.classify, answer);
  const stranger = said.code === undefined ? strangerOf(answer) : undefined;
  const retryAfterMs = Object.hasOwn(said, "retryAfterMs")
    ? said.retryAfterMs
    : parseRetryAfter(answer.headers.get("retry-after"), facts.now);
  const code =
    said.code ??
    (stranger !== undefined && strangers.has(answer.status) ? "AUTH_UNREACHABLE" : codeOf(answer, facts));
  return { ...said, code, stranger, retryAfterMs };
}

/** Whether the answer says of the token that it is no good. */
export function isTokenRejected({ code }: Pick<Verdict, "code">): boolean {
  return code === "AUTH_TOKEN_REJECTED" || code === "AUTH_TOKEN_EXPIRED";
}

/** The statuses that would speak of the token, if they were the service's. */
const strangers: ReadonlySet<number> = new Set([401, 403, 407]);

/** An API does not answer in pages: a firewall, a proxy, a login page, a web server without the API behind it does. */
function strangerOf({ status, headers, body }: ServiceAnswer): Verdict["stranger"] {
  if (status === 407) return "proxy";
  const isPage =
    /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(headers.get("content-type") ?? "") ||
    (typeof body === "string" && /^\s*<(?:!doctype\s+html|html|head|body)\b/i.test(body.slice(0, 1000)));
  return isPage ? "page" : undefined;
}

function codeOf({ status, headers }: ServiceAnswer, { url, origins = [] }: VerdictFacts): AuthErrorCode {
  if (status === 401) return "AUTH_TOKEN_REJECTED";
  if (status === 403) return "AUTH_PERMISSION_DENIED";
  if (status === 429) return "AUTH_RATE_LIMITED";
  if (status >= 500) return "AUTH_UNREACHABLE";
  const target = status >= 300 && status < 400 ? parseUrl(headers.get("location") ?? "", url) : undefined;
  return target !== undefined && !leadsTo(origins, target)
    ? "AUTH_ORIGIN_NOT_ALLOWED"
    : "AUTH_RESPONSE_MALFORMED";
}

/**
 * What a provider makes of an answer, as far as it is of use: its code may trust a shape that an answer does not have, and
 * may give anything back.
 */
function classified(classify: VerdictFacts["classify"], answer: ServiceAnswer): Classification {
  try {
    const given: unknown = classify?.(answer);
    if (typeof given !== "object" || given === null) return {};
    ignoreRejection(given);
    const said = ownProperties<Record<keyof Classification, unknown>>(given as never);
    const retryAfterMs = boundedWait(said.retryAfterMs);
    const isWait = retryAfterMs !== undefined || ("retryAfterMs" in said && said.retryAfterMs === undefined);
    return {
      code: isCode(said.code) ? said.code : undefined,
      reason: textOf(said.reason),
      remedy: textOf(said.remedy),
      requestId: textOf(said.requestId),
      // Given as `undefined` it says that there is no wait; given as something else that is none, it says nothing.
      ...(isWait && { retryAfterMs }),
    };
  } catch {
    return {};
  }
}

/** Codes are added with time: one that this copy does not know yet is passed on. */
function isCode(code: unknown): code is AuthErrorCode {
  return typeof code === "string" && /^AUTH(?:_[A-Z]+)+$/.test(code);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
