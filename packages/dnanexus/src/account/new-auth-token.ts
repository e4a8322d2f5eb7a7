import type { AccountOptions } from "./account.ts";
import { apiErrorOf } from "../service/api-error.ts";
import { askAuthServer } from "../service/ask-auth-server.ts";
import { type GrantedToken, grantedToken } from "./granted-token.ts";
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
export async function newAuthToken(
  origin: string,
  { username, password, expiresAt, scope }: LoginRequest,
  otp: string | undefined,
  onOtp: (state: OtpState) => void,
  options: AccountOptions,
): Promise<GrantedToken> {
  const judged = `the user name and password${otp === undefined ? "" : " and the one-time code"}`;
  const reply = await askAuthServer(origin, options, {
    path: "/system/newAuthToken",
    body: { expires: expiresAt, username, password, otp: otp ?? null, ...(scope !== undefined && { scope }) },
    judged,
    secrets: [password, ...(otp === undefined ? [] : [otp])],
    retry: false,
    classify: ({ status, body }) => {
      const type = apiErrorOf(body)?.type;
      if (type === "OTPRequiredError") onOtp("required");
      if (type === "OTPMismatchError") onOtp("mismatch");
      return loginRefusal(status, body);
    },
  });
  return grantedToken(reply, judged, [password, otp]);
}
