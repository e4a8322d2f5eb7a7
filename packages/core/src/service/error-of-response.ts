import type { AuthState } from "../auth-state.ts";
import { AuthError, type AuthErrorCode, invalid } from "../errors.ts";
import type { Identity } from "../identity.ts";
import { secretsOf } from "./call-context.ts";
import { leadsTo, parseUrl } from "../requests/origins.ts";
import { errorOfAnswer } from "./call.ts";
import { withTimeLimit } from "../time-limit.ts";

/**
 * What an answer means for the token of an auth; `undefined` where it says nothing of it: a success, a request that is wrong in
 * itself, an answer from elsewhere. The answer stays to be read.
 */
export async function errorOfResponse<I extends Identity>(
  { provider, setup, context, timeoutMs, holder }: AuthState<I>,
  response: Response,
): Promise<AuthError | undefined> {
  if (typeof response?.url !== "string" || typeof response.status !== "number")
    throw invalid(provider.id, "errorOf was given no Response", "Pass the answer that fetch resolved to.");
  const target = parseUrl(response.url);
  if (target === undefined || !leadsTo(setup.origins, target)) return undefined;
  // The one that was sent may have been given up since: what the answer echoes of it is masked all the same.
  const held = await withTimeLimit((stop) => holder.get(stop), timeoutMs).catch(() => undefined);
  const error = await errorOfAnswer(response, {
    provider,
    origins: setup.origins,
    ...(held === undefined ? { subject: "the token" } : { source: held.token.source }),
    secrets: [...(held === undefined ? [] : [held]), ...holder.recent()].flatMap(secretsOf),
    classify: setup.classify,
    requestIdHeader: setup.requestIdHeader,
    now: context.now,
    timeoutMs,
  });
  return error === undefined || aboutTheRequest.has(error.code) ? undefined : error;
}

const aboutTheRequest: ReadonlySet<AuthErrorCode> = new Set([
  "AUTH_RESPONSE_MALFORMED",
  "AUTH_ORIGIN_NOT_ALLOWED",
]);
