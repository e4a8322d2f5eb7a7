import type { Protocol } from "@auth/cli";
import { isAuthError, variable } from "@auth/core";

import { type DNAnexusIdentity, jobIdentityToken } from "../index.ts";

/**
 * Google's executable-sourced credentials: the job's identity token for the audience that the client library names. A
 * failure is told in the library's own form.
 *
 * @see https://google.aip.dev/auth/4117 (read 2026-11)
 */
export const googleHelper: Protocol<DNAnexusIdentity> = async ({ auth, env }) => {
  const audience = variable(env, "GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE")?.trim();
  if (!audience)
    return failed(
      "NO_AUDIENCE",
      "GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE is not set: a Google client library sets it.",
    );
  try {
    const token = await jobIdentityToken(auth, { audience }).token();
    return JSON.stringify({
      version: 1,
      success: true,
      token_type:
        variable(env, "GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE") ?? "urn:ietf:params:oauth:token-type:jwt",
      id_token: token.reveal(),
      ...(token.expiresAt !== undefined && { expiration_time: Math.floor(token.expiresAt / 1000) }),
    });
  } catch (error) {
    if (!isAuthError(error)) throw error;
    return failed(error.code, error.message);
  }
};

function failed(code: string, message: string): { readonly text: string; readonly exitCode: number } {
  return { text: JSON.stringify({ version: 1, success: false, code, message }), exitCode: 1 };
}
