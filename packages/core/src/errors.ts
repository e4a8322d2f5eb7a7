import { boundedWait } from "./service/retry-after.ts";
import { printable } from "./untrusted/safe-message.ts";
import type { SourceAttempt } from "./sources/attempt.ts";

/** What went wrong, as a name to branch on. Codes are permanent: added, never renamed. */
export type AuthErrorCode =
  | "AUTH_PROVIDER_INVALID"
  | "AUTH_TOKEN_NOT_FOUND"
  | "AUTH_TOKEN_SOURCE_FAILED"
  | "AUTH_TOKEN_MALFORMED"
  | "AUTH_TOKEN_REJECTED"
  | "AUTH_TOKEN_EXPIRED"
  | "AUTH_PERMISSION_DENIED"
  | "AUTH_RATE_LIMITED"
  | "AUTH_UNREACHABLE"
  | "AUTH_RESPONSE_MALFORMED"
  | "AUTH_ORIGIN_NOT_ALLOWED"
  | "AUTH_LOGIN_FAILED"
  | "AUTH_OTP_REQUIRED";

/** What an {@link AuthError} is made of. */
export interface AuthErrorInit {
  /** Id of the provider that failed. */
  readonly provider: string;
  /** What happened and why, in one sentence. Never contains a token. */
  readonly message: string;
  /** The next thing to do, in one imperative sentence. */
  readonly remedy: string;
  /** An error that holds no secret. An HTTP client's error holds the request, so it is never one. */
  readonly cause?: unknown;
  /** HTTP status of the answer, where there was one. */
  readonly status?: number | undefined;
  /** The service's id for the answer, to quote to its support. */
  readonly requestId?: string | undefined;
  /** How long the service asks to wait. Milliseconds, a day at most. */
  readonly retryAfterMs?: number | undefined;
  /** What each token source said, in the order they were asked. */
  readonly attempts?: readonly SourceAttempt[] | undefined;
}

// Registered globally: a provider package carries its own copy of this class, and the copies recognise each other.
const brand = Symbol.for("auth-providers.AuthError");

/** The one error that this package and its providers throw on purpose. It never holds a token. */
export class AuthError extends Error {
  /** What went wrong. */
  readonly code: AuthErrorCode;
  /** Id of the provider that failed. */
  readonly provider: string;
  /** The next thing to do, in one imperative sentence. It also ends the message. */
  readonly remedy: string;
  /** HTTP status of the answer, where there was one. */
  declare readonly status?: number;
  /** The service's id for the answer, where it gave one. */
  declare readonly requestId?: string;
  /** How long the service asks to wait, where it said so. Milliseconds, a day at most. */
  declare readonly retryAfterMs?: number;
  /** What each token source said, where the failure came while looking for a token. */
  declare readonly attempts?: readonly SourceAttempt[];

  constructor(code: AuthErrorCode, init: AuthErrorInit) {
    // What a service or a variable says may stand in both, and they end up on a terminal.
    const remedy = printable(init.remedy);
    super(
      `${init.provider}: ${printable(init.message)} ${remedy}`,
      init.cause === undefined ? undefined : { cause: init.cause },
    );
    this.code = code;
    this.provider = init.provider;
    this.remedy = remedy;
    const { status, requestId, attempts } = init;
    const facts = {
      status,
      requestId: requestId === undefined ? undefined : printable(requestId),
      retryAfterMs: boundedWait(init.retryAfterMs),
      attempts,
    };
    for (const [fact, value] of Object.entries(facts))
      if (value !== undefined) Object.assign(this, { [fact]: value });
    Object.defineProperty(this, "name", { value: "AuthError" });
    Object.defineProperty(this, brand, { value: true });
  }

  static {
    // The first word that Node.js prints of it. A build may call the class otherwise.
    Object.defineProperty(this, "name", { value: "AuthError" });
  }

  /** `instanceof` recognises the error of another copy too: each provider has one, and its webhooks have one of their own. */
  static override [Symbol.hasInstance](this: unknown, value: unknown): boolean {
    if (this === AuthError) return isAuthError(value);
    return Function.prototype[Symbol.hasInstance].call(this, value);
  }

  /** The facts without the stack, for logs. */
  toJSON(): Record<string, unknown> {
    return { name: "AuthError", message: this.message, ...(this as object) };
  }
}

/**
 * Whether a caught value is an {@link AuthError}, from whichever installed copy, and of the given code if one is given.
 */
export function isAuthError<Code extends AuthErrorCode = AuthErrorCode>(
  error: unknown,
  code?: Code,
): error is AuthError & { readonly code: Code } {
  try {
    return (
      typeof error === "object" &&
      error !== null &&
      Object.hasOwn(error, brand) &&
      (code === undefined || (error as AuthError).code === code)
    );
  } catch {
    // It does not let itself be looked at, as a revoked proxy.
    return false;
  }
}

/** Where a call came from. */
export interface CallSite {
  readonly stack?: string;
}

/** Notes where a call came from, which costs little until it is asked for. */
export function callSite(): CallSite {
  const site: CallSite = {};
  (Error as { captureStackTrace?: (site: object, above: unknown) => void }).captureStackTrace?.(
    site,
    callSite,
  );
  return site;
}

/**
 * An error as one caller gets it, with that caller's frames first: those who waited together share the failure, and not the
 * place in which they waited. Anything else than an {@link AuthError} stays as it is.
 */
export function errorAt(site: CallSite, error: unknown): unknown {
  if (!isAuthError(error) || site.stack === undefined) return error;
  const { code, provider, message, remedy, cause, status, requestId, retryAfterMs, attempts } = error;
  const told = new AuthError(code, {
    provider,
    message: "",
    remedy,
    cause,
    status,
    requestId,
    retryAfterMs,
    attempts,
  });
  const frames = site.stack.slice(site.stack.indexOf("\n"));
  const origin = error.stack?.slice(error.stack.indexOf("\n    at ")) ?? "";
  Object.defineProperty(told, "message", { value: message, configurable: true, writable: true });
  Object.defineProperty(told, "stack", {
    value: `AuthError: ${message}${frames}${origin}`,
    configurable: true,
    writable: true,
  });
  return told;
}

/** What a definition or an option that breaks a rule gives. */
export function invalid(provider: string, problem: string, remedy: string): AuthError {
  return new AuthError("AUTH_PROVIDER_INVALID", {
    provider,
    message: `This cannot be used: ${problem}.`,
    remedy,
  });
}
