import { AuthError, isAuthError } from "../errors.ts";
import { maskOf } from "../untrusted/mask.ts";
import { parseOrigin, parseUrl } from "../requests/origins.ts";
import { ownProperties } from "../untrusted/own-properties.ts";
import { safeMessage } from "../untrusted/safe-message.ts";
import { callService } from "../service/call.ts";
import { failed, type Found, isFailed, type SourceContext, type Unavailable } from "./source.ts";
import type { Token } from "../token/token.ts";
import { answerOf, type FunctionResult } from "./from-function.ts";

/** A request to the service that trades. */
export interface TradeCall {
  /** https, or loopback. */
  readonly url: string;
  /** Default: `POST`. */
  readonly method?: "GET" | "POST" | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** `URLSearchParams` are sent as a form, anything else as JSON. Default: no body. */
  readonly body?: unknown;
}

/** A 2xx answer. */
export interface TradeReply {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; the text where it is none; `undefined` where there is no body. As it came, token and all. */
  readonly body: unknown;
}

/** What a trade is given besides the material. */
export interface TradeContext {
  /** The auth's `fetch`, for a library that does the grant. It adds no token. */
  readonly fetch: typeof globalThis.fetch;
  /** Aborted when the time is up. Pass it on. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /**
   * One request: a redirect is refused, 1 MiB is read at most, and nothing is sent twice.
   *
   * @throws {AuthError} For what is not 2xx: `AUTH_LOGIN_FAILED` for OAuth's `invalid_grant`, else by the status.
   * `AUTH_UNREACHABLE` without an answer, `AUTH_ORIGIN_NOT_ALLOWED` where the URL is plain http. What was sent is masked.
   */
  call(request: TradeCall): Promise<TradeReply>;
}

/**
 * Asks a service for a token. Returns `found(token, { expiresAt, next })`, the token alone, or nothing for "not here"; what
 * it throws is a failure. An error with `error: "invalid_grant"`, as OAuth libraries throw it, or of the code
 * `AUTH_LOGIN_FAILED`, means that the material is used up: it is never sent again.
 */
export type Trade = (material: Token, context: TradeContext) => FunctionResult | Promise<FunctionResult>;

/** One trade. Rejects with an `AuthError`, or what `failed` makes; neither shows a secret of the trade. */
export async function makeTrade(
  name: string,
  trade: Trade,
  material: Token,
  context: SourceContext,
): Promise<Found | Unavailable> {
  const { fetch, signal, now } = context;
  // Whatever is sent joins them.
  const secrets = [material.reveal()];
  const call = async (given: TradeCall): Promise<TradeReply> => {
    const request = ownProperties(given);
    secrets.push(...secretsOf(request));
    const origin = parseUrl(request.url)?.origin;
    const isAllowed = origin !== undefined && "origin" in parseOrigin(origin, false);
    const { status, headers, body } = await callService({
      ...request,
      provider: { id: context.provider ?? name, name },
      origins: isAllowed ? [origin] : [],
      addressRemedy: "Give call a URL that begins with https://.",
      source: material.source,
      subject: `what it was sent of ${material.source}`,
      server: { name: "token endpoint", option: "the URL of the call" },
      secrets,
      fetch,
      signal,
      now,
      classify: ({ body: said }) => meaningOf(said, material.source),
      // A second request with what the first one may have used up would end the login.
      retry: false,
    });
    return { status, headers, body };
  };
  try {
    return await answerOf(trade(material, { fetch, signal, now, call }));
  } catch (error) {
    signal.throwIfAborted();
    throw failureOf(error, { name, provider: context.provider ?? name, material, secrets });
  }
}

/** Whether a trade's error says that the material is used up, or was never good. */
export function isTerminal(error: unknown): boolean {
  return isAuthError(error, "AUTH_LOGIN_FAILED");
}

/** What is told where the same material would have to be sent again. */
export function refusedBefore(provider: string, source: string): AuthError {
  return new AuthError("AUTH_LOGIN_FAILED", {
    provider,
    message: `The service has refused what came from ${source}, and it is still the same.`,
    remedy: loginAgain(source),
  });
}

/** What is told where a process ended between the service's answer and publishing it: nobody has the new material. */
export function usedUp(provider: string, source: string): AuthError {
  return new AuthError("AUTH_LOGIN_FAILED", {
    provider,
    message:
      "A process ended while it was getting the next token: most likely the service had replaced the login already, " +
      `and what replaced it was lost with that process. The service no longer accepts what came from ${source}.`,
    remedy: loginAgain(source),
  });
}

/** What there is to do about it. */
function loginAgain(source: string): string {
  return `Log in again, and put the new credential in ${source}.`;
}

function failureOf(
  error: unknown,
  about: {
    readonly name: string;
    readonly provider: string;
    readonly material: Token;
    readonly secrets: readonly string[];
  },
): Error {
  if (isAuthError(error) || isFailed(error)) return error;
  const { name, provider, material, secrets } = about;
  const words = safeMessage(maskOf(secrets)(wordsOf(error)));
  if (oauthErrorOf(error) !== "invalid_grant")
    return failed(`${name} failed: ${words}`, `Correct the trade of ${name}, or what it is made of.`);
  return new AuthError("AUTH_LOGIN_FAILED", {
    provider,
    message: `The service no longer accepts what came from ${material.source} (invalid_grant: ${words.replace(/[.!]+$/, "")}).`,
    remedy: loginAgain(material.source),
  });
}

/** By OAuth 2, section 5.2. Its words may quote what was sent. */
function meaningOf(
  body: unknown,
  source: string,
): { code?: "AUTH_LOGIN_FAILED"; reason?: string; remedy?: string } {
  const { error, error_description: description } = membersOf(body);
  if (typeof error !== "string") return {};
  const words = typeof description === "string" ? `${error}: ${description}` : error;
  // The names of errors are words with underscores, which would be taken for secrets.
  const reason = words
    .split(/(\b[a-z]+(?:_[a-z]+)+\b)/)
    .map((part, index) => (index % 2 === 1 ? part : spaced(part)))
    .join("");
  return error === "invalid_grant"
    ? { code: "AUTH_LOGIN_FAILED", reason, remedy: loginAgain(source) }
    : { reason };
}

function spaced(text: string): string {
  const [before = "", after = ""] = [/^\s*/.exec(text)?.[0], /\s*$/.exec(text)?.[0]];
  return text.trim() === "" ? text : `${before}${safeMessage(text)}${after}`;
}

/** The OAuth error that another library's error tells of: its own, or that of the answer which it holds. */
function oauthErrorOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at !== undefined && at !== null && depth < 5; depth++) {
    const { error: code, cause } = membersOf(at);
    if (typeof code === "string") return code;
    at = cause;
  }
  return undefined;
}

function wordsOf(error: unknown): string {
  const { error_description: description, message } = membersOf(error);
  const words = typeof description === "string" ? description : message;
  return typeof words === "string" ? words : typeof error;
}

/** The members that tell of an OAuth error, of whatever there is. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  try {
    const { error, error_description, cause, message } = Object(value) as Record<string, unknown>;
    return { error, error_description, cause, message };
  } catch {
    return {};
  }
}

/** Everything in a request that could be secret, by its length: what is public in a form is a word, an address or an id. */
function secretsOf({ headers = {}, body }: TradeCall): string[] {
  const fromHeaders = Object.entries(headers).flatMap(([name, value]) =>
    /^(?:accept|content-type|user-agent)$/i.test(name) ? [] : [value, value.replace(/^\S+ /, "")],
  );
  const fromBody = body instanceof URLSearchParams ? [...body].map(([, value]) => value) : textsIn(body);
  return [...fromHeaders, ...fromBody].filter((text) => text.length >= 8 && !/^[a-z_:.-]+$/.test(text));
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
