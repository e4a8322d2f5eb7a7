import { type Auth, type AuthError, type AuthErrorCode, isAuthError } from "@auth/core";
import { errorOfAnswer } from "@auth/core/service";

import { classify } from "./classify.ts";
import { settingsOf } from "../auth-settings.ts";
import { retryAfterMsOf } from "./retry-delay.ts";

/**
 * Why DNAnexus did not do what it was asked with the token, for answers that `auth.fetch` or another client of the auth
 * got: the error that `verify` would throw, with the remedy, which in a job names the missing entry of `access`.
 * `undefined` where the answer is not about that: 2xx, a request that is wrong in itself, another server's. Sends nothing;
 * the answer's body can still be read.
 */
export async function authErrorOf(auth: Auth, response: Response): Promise<AuthError | undefined> {
  if (!auth.origins.includes(originOf(response.url))) return undefined;
  const token = await auth.token().catch((error: unknown) => {
    if (isAuthError(error)) return undefined;
    throw error;
  });
  const { jobOf, now } = settingsOf(auth);
  const error = await errorOfAnswer(response, {
    provider: auth.provider,
    origins: auth.origins,
    ...(token === undefined ? { judged: "the token" } : { source: token.source }),
    secrets: token === undefined ? [] : [token.reveal()],
    classify: (answer) => ({
      ...classify(answer, jobOf?.(answer.source)),
      retryAfterMs: retryAfterMsOf(answer.headers),
    }),
    requestIdHeader: "x-request-id",
    now,
  });
  return error !== undefined && aboutTheToken.has(error.code) ? error : undefined;
}

const aboutTheToken: ReadonlySet<AuthErrorCode> = new Set([
  "AUTH_TOKEN_REJECTED",
  "AUTH_TOKEN_EXPIRED",
  "AUTH_PERMISSION_DENIED",
  "AUTH_RATE_LIMITED",
  "AUTH_UNREACHABLE",
]);

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "";
}
