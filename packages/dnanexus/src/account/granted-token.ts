import { AuthError, textField } from "@auth/core";
import type { ServiceReply } from "@auth/core/service";

import { dnanexus } from "../dnanexus.ts";

/** A login that the auth server granted. */
export interface GrantedToken {
  readonly token: string;
  /** As the server spelled it. */
  readonly type: string;
}

/**
 * The token in an answer of the auth server. What was sent there, and comes back as the token, is none: it would be shown
 * to whomever a token is shown to.
 *
 * @throws {AuthError} `AUTH_RESPONSE_MALFORMED` where there is none that can be used.
 */
export function grantedToken(
  { body, status, requestId }: ServiceReply,
  judged: string,
  sent: readonly (string | undefined)[],
): GrantedToken {
  const token = textField(body, "access_token")?.trim();
  const type = textField(body, "token_type")?.trim();
  const isUsable = token !== undefined && /^[\u0021-\u007E]{1,16384}$/.test(token) && !sent.includes(token);
  if (isUsable && type?.toLowerCase() === "bearer") return { token, type };
  throw new AuthError("AUTH_RESPONSE_MALFORMED", {
    provider: dnanexus.id,
    message: `${dnanexus.name} accepted ${judged} (status ${status}) and gave no bearer token that can be used.`,
    remedy: "Check that authUrl is the address of the auth server, and that nothing rewrites its answers.",
    status,
    requestId,
  });
}
