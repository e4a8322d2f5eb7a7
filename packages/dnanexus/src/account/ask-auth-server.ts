import { AuthError, type Classification, type ServiceAnswer, ownText } from "@auth/core";
import { callService, type ServiceCall, type ServiceReply } from "@auth/core/service";

import { dnanexus } from "../dnanexus.ts";
import { dnanexusApi } from "../service/dnanexus-api.ts";
import type { AccountOptions } from "./account.ts";

/** What differs from one call of the auth server to another. */
interface AuthServerCall extends Pick<
  ServiceCall,
  "headers" | "body" | "source" | "subject" | "secrets" | "retry"
> {
  readonly path: string;
  readonly classify: (answer: ServiceAnswer) => Classification;
}

/** A login that the auth server granted. */
export interface GrantedToken {
  readonly token: string;
  /** As the server spelled it. */
  readonly type: string;
}

/** Calls the auth server, as an account's options say. */
export function askAuthServer(
  origin: string,
  { fetch, timeoutMs, signal, now }: AccountOptions,
  { path, classify, ...call }: AuthServerCall,
): Promise<ServiceReply> {
  return callService({
    ...call,
    ...dnanexusApi(classify),
    provider: dnanexus,
    origins: [origin],
    url: `${origin}${path}`,
    server: { name: "auth server", option: "authUrl" },
    fetch,
    now,
    timeoutMs,
    signal,
  });
}

/**
 * Asks the auth server for a token, once, whatever the answer. What was sent there, and comes back as the token, is none: it
 * would be shown to whomever a token is shown to.
 *
 * @throws {AuthError} `AUTH_RESPONSE_MALFORMED` where there is no token that can be used; otherwise by `classify`.
 */
export async function askForToken(
  origin: string,
  options: AccountOptions,
  call: AuthServerCall & { readonly subject: string },
): Promise<GrantedToken & { readonly body: unknown }> {
  const { body, status, requestId } = await askAuthServer(origin, options, { ...call, retry: false });
  const token = ownText(body, "access_token")?.trim();
  const type = ownText(body, "token_type")?.trim();
  const isUsable = token !== undefined && /^[\u0021-\u007E]{1,16384}$/.test(token);
  if (isUsable && !call.secrets.includes(token) && type?.toLowerCase() === "bearer")
    return { token, type, body };
  throw new AuthError("AUTH_RESPONSE_MALFORMED", {
    provider: dnanexus.id,
    message: `${dnanexus.name} accepted ${call.subject} (status ${status}) and gave no bearer token that can be used.`,
    remedy: "Check that authUrl is the address of the auth server, and that nothing rewrites its answers.",
    status,
    requestId,
  });
}
