import { apiErrorOf } from "../service/api-error.ts";
import type { AccountOptions } from "./account.ts";
import { askForToken, type GrantedToken } from "./ask-auth-server.ts";
import { loginRefusal } from "./login-refusal.ts";

/** What a login asks the auth server for. */
export interface LoginRequest {
  readonly username: string;
  readonly password: string;
  readonly expiresAt: number;
  readonly scope: object | undefined;
}

/** What the auth server wants of a login that it did not grant. */
export type OtpState = "required" | "mismatch";

/**
 * Asks for a token with a user name, a password and, where there is one, a one-time code. Sent once, whatever the answer:
 * each try counts towards locking the account. `onOtp` is told, before the error, what is wrong with the code.
 */
export function newAuthToken(
  origin: string,
  { username, password, expiresAt, scope }: LoginRequest,
  otp: string | undefined,
  onOtp: (state: OtpState) => void,
  options: AccountOptions,
): Promise<GrantedToken> {
  return askForToken(origin, options, {
    path: "/system/newAuthToken",
    body: { expires: expiresAt, username, password, otp: otp ?? null, ...(scope !== undefined && { scope }) },
    subject: `the user name and password${otp === undefined ? "" : " and the one-time code"}`,
    secrets: [password, ...(otp === undefined ? [] : [otp])],
    classify: ({ status, body }) => {
      const type = apiErrorOf(body)?.type;
      if (type === "OTPRequiredError") onOtp("required");
      if (type === "OTPMismatchError") onOtp("mismatch");
      return loginRefusal(status, body);
    },
  });
}
