import type { Classification, ServiceAnswer } from "@auth/core";

/** What Ledgerline means by an answer that is not 2xx. Its errors are sentences in plain text. */
export function classify({ status, headers, body }: ServiceAnswer, tokenUrl: string): Classification {
  const reason = typeof body === "string" ? body : undefined;
  // The password is right: to forget it would change nothing.
  if (status === 401 && headers.get("x-ledgerline-otp") === "required")
    return { code: "AUTH_OTP_REQUIRED", reason, remedy: `Make an application password at ${tokenUrl}` };
  if (status === 404)
    return { code: "AUTH_PERMISSION_DENIED", reason: "the account is closed, or no such path" };
  return { reason };
}
