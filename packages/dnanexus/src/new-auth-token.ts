import { AuthError, type Classification } from "@auth/core";
import { callService } from "@auth/core/service";

import { type AccountOptions, service } from "./account.ts";
import { ownProperty } from "./own-property.ts";
import { retryAfterMs } from "./retry-delay.ts";

/** What a login asks the auth server for. */
export interface TokenWish {
  readonly username: string;
  readonly password: string;
  readonly expiresAt: number;
  readonly scope: object | undefined;
}

/** A login that the auth server granted. */
export interface GrantedToken {
  readonly token: string;
  /** As the server spelled it. */
  readonly type: string;
}

/** What the auth server wants of a login that it did not grant. */
export type OtpState = "required" | "mismatch";

const source = "the user name and password";

/**
 * Asks for a token with a user name, a password and, where there is one, a one-time code. Sent once, whatever the answer:
 * each try counts towards locking the account. `onOtp` is told, before the error, what is wrong with the code.
 */
export async function newAuthToken(
  origin: string,
  { username, password, expiresAt, scope }: TokenWish,
  otp: string | undefined,
  onOtp: (state: OtpState) => void,
  { fetch, timeoutMs, signal, now }: AccountOptions,
): Promise<GrantedToken> {
  const { body, status, requestId } = await callService({
    provider: service,
    origins: [origin],
    url: `${origin}/system/newAuthToken`,
    body: { expires: expiresAt, username, password, otp: otp ?? null, ...(scope !== undefined && { scope }) },
    source,
    secrets: [password, ...(otp === undefined ? [] : [otp])],
    fetch,
    now,
    timeoutMs,
    signal,
    retry: false,
    requestIdHeader: "x-request-id",
    classify: (answer) => {
      const type = ownProperty(ownProperty(answer.body, "error"), "type");
      if (type === "OTPRequiredError") onOtp("required");
      if (type === "OTPMismatchError") onOtp("mismatch");
      return { ...refusal(answer.status, answer.body), retryAfterMs: retryAfterMs(answer.headers) };
    },
  });
  const token = ownProperty(body, "access_token");
  const given = ownProperty(body, "token_type");
  // A secret that occurs in the answer is masked in it: `bearer` for a password is no reason to fail.
  const type = given === "[token]" ? "bearer" : given;
  if (
    typeof token === "string" &&
    token.trim() !== "" &&
    !token.includes("[token]") &&
    typeof type === "string" &&
    type.toLowerCase() === "bearer"
  ) {
    return { token: token.trim(), type };
  }
  throw new AuthError("AUTH_RESPONSE_MALFORMED", {
    provider: service.id,
    message: `${service.name} accepted ${source} (status ${status}) and gave no bearer token that can be used.`,
    remedy: "Check that authUrl is the address of the auth server, and that nothing rewrites its answers.",
    status,
    requestId,
  });
}

function refusal(status: number, body: unknown): Classification {
  const error = ownProperty(body, "error");
  const type = ownProperty(error, "type");
  if (typeof type !== "string") return status === 401 || status === 403 ? { code: "AUTH_LOGIN_FAILED" } : {};
  const message = ownProperty(error, "message");
  const reason = typeof message === "string" && message !== "" ? `${type}: ${message}` : type;
  return { reason, ...meaning(type) };
}

// The statuses of these errors are not documented: the type decides. A lock-out has a type that nobody has written down.
function meaning(type: string): Classification {
  switch (type) {
    case "UsernameOrPasswordError":
      return {
        code: "AUTH_LOGIN_FAILED",
        remedy: "Check the user name and the password; with single sign-on, use loginWithToken instead.",
      };
    case "OTPRequiredError":
      return {
        code: "AUTH_OTP_REQUIRED",
        remedy: "Pass the option otp with the code of the authenticator, or askForOtp, which asks for it.",
      };
    case "OTPMismatchError":
      return {
        code: "AUTH_LOGIN_FAILED",
        remedy: "Log in again with the code that the authenticator shows now.",
      };
    case "RateLimitConditional":
      return { code: "AUTH_RATE_LIMITED" };
    case "ServiceUnavailable":
    case "InternalError":
      return { code: "AUTH_UNREACHABLE" };
    case "ResourceNotFound":
    case "MalformedJSON":
    case "InvalidInput":
    case "InvalidType":
      return {
        code: "AUTH_RESPONSE_MALFORMED",
        remedy:
          "Check that authUrl is the address of the auth server, and expiresAt and scope what it grants.",
      };
    default:
      return {
        code: "AUTH_LOGIN_FAILED",
        remedy: "Do what the message says, wait before the next try, and ask DNAnexus's support if it stays.",
      };
  }
}
