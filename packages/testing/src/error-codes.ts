import type { AuthErrorCode } from "@auth/core";

// A record, so that the compiler finds out a code that is missing here.
const codes: Readonly<Record<AuthErrorCode, true>> = {
  AUTH_PROVIDER_INVALID: true,
  AUTH_TOKEN_NOT_FOUND: true,
  AUTH_TOKEN_SOURCE_FAILED: true,
  AUTH_TOKEN_MALFORMED: true,
  AUTH_TOKEN_REJECTED: true,
  AUTH_TOKEN_EXPIRED: true,
  AUTH_PERMISSION_DENIED: true,
  AUTH_RATE_LIMITED: true,
  AUTH_UNREACHABLE: true,
  AUTH_RESPONSE_MALFORMED: true,
  AUTH_ORIGIN_NOT_ALLOWED: true,
  AUTH_LOGIN_FAILED: true,
  AUTH_OTP_REQUIRED: true,
};

/** Every error code that there is. */
export const errorCodes: readonly string[] = Object.keys(codes);
