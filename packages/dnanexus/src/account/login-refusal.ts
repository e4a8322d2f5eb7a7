import type { Classification } from "@auth/core";

import { apiErrorOf, reasonOf } from "../service/api-error.ts";

/**
 * What the auth server's answer to a login means that is not 2xx, by its `error.type`. The statuses of these errors are not
 * documented, and a lock-out has a type that nobody has written down: what is not known is a login that failed.
 */
export function loginRefusal(status: number, body: unknown): Classification {
  const error = apiErrorOf(body);
  if (error !== undefined) return { reason: reasonOf(error.type, error.message), ...meaning(error.type) };
  return status === 401 || status === 403 ? { code: "AUTH_LOGIN_FAILED" } : {};
}

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
