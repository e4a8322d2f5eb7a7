import { callService } from "@auth/core/service";

import { type AccountOptions, service, theAuthServer } from "./account.ts";
import { type GrantedToken, grantedToken } from "./granted-token.ts";
import { loginRefusal } from "./login-refusal.ts";
import { ownProperty } from "./own-property.ts";
import { retryAfterMs } from "./retry-delay.ts";

/** What a login asks the auth server for. */
export interface TokenWish {
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
  { username, password, expiresAt, scope }: TokenWish,
  otp: string | undefined,
  onOtp: (state: OtpState) => void,
  { fetch, timeoutMs, signal, now }: AccountOptions,
): Promise<GrantedToken> {
  const judged = `the user name and password${otp === undefined ? "" : " and the one-time code"}`;
  const reply = await callService({
    provider: service,
    origins: [origin],
    url: `${origin}/system/newAuthToken`,
    body: { expires: expiresAt, username, password, otp: otp ?? null, ...(scope !== undefined && { scope }) },
    judged,
    server: theAuthServer,
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
      return { ...loginRefusal(answer.status, answer.body), retryAfterMs: retryAfterMs(answer.headers) };
    },
  });
  return grantedToken(reply, judged, [password, otp]);
}
