import { type Classification, ownField, type ServiceAnswer } from "@auth/core";

import { apiErrorOf, reasonOf } from "../service/api-error.ts";
import type { AccountOptions } from "./account.ts";
import { askForToken, type GrantedToken } from "./ask-auth-server.ts";
import { loginRefusal } from "./login-refusal.ts";

/** An authorization code, and what it was asked for with. */
export interface AuthorizationCode {
  readonly code: string;
  readonly redirectUri: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
}

/**
 * Exchanges an authorization code for a token, once, whatever the answer: a code is good for one exchange. By hand, since
 * libraries refuse the service's dialect: its `scope` is an object, and its errors may be those of the API.
 */
export async function exchangeCode(
  origin: string,
  { code, redirectUri, clientId, clientSecret }: AuthorizationCode,
  options: AccountOptions,
): Promise<GrantedToken & { readonly expiresAt?: number }> {
  const secret = clientSecret === undefined ? {} : { client_secret: clientSecret };
  const request = { grant_type: "authorization_code", code, redirect_uri: redirectUri, client_id: clientId };
  const { token, type, body } = await askForToken(origin, options, {
    path: "/oauth2/token",
    body: new URLSearchParams({ ...request, ...secret }),
    subject: "the authorization code",
    secrets: [code, ...Object.values(secret)],
    classify: refusal,
  });
  const expiresAt = expiryOf(body, (options.now ?? Date.now)());
  return { token, type, ...(expiresAt !== undefined && { expiresAt }) };
}

/** A number of seconds that is none, or too large for a date, is no reason to refuse a good token. */
function expiryOf(body: unknown, now: number): number | undefined {
  const seconds = ownField(body, "expires_in");
  if (typeof seconds !== "number" || !(seconds > 0)) return undefined;
  const expiresAt = Math.trunc(now + seconds * 1000);
  return expiresAt <= 8.64e15 ? expiresAt : undefined;
}

// Which of the two shapes the service's errors have is not documented.
function refusal({ status, body }: ServiceAnswer): Classification {
  const type = ownField(body, "error");
  if (typeof type === "string")
    return { reason: reasonOf(type, ownField(body, "error_description")), ...meaning(type) };

  const said = loginRefusal(status, body);
  if (said.code === "AUTH_LOGIN_FAILED") return { ...said, remedy: again };
  // A code that is good no more, in the API's words.
  if (apiErrorOf(body)?.type === "InvalidInput")
    return { ...said, code: "AUTH_LOGIN_FAILED", remedy: againOrOtherwise };
  return said.code === "AUTH_RESPONSE_MALFORMED" ? { ...said, remedy: otherServer } : said;
}

const again = "Start the login again: a code is good for one exchange, and for a short time.";
const againOrOtherwise = `${again.slice(0, -1)}; if it stays, check clientId, clientSecret, redirectUri and scope.`;
const otherServer = "Check that authUrl is the address of the auth server.";

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
function meaning(error: string): Classification {
  switch (error) {
    case "invalid_client":
    case "unauthorized_client":
      return {
        code: "AUTH_PROVIDER_INVALID",
        remedy: "Check clientId and clientSecret against what DNAnexus registered.",
      };
    case "server_error":
    case "temporarily_unavailable":
      return { code: "AUTH_UNREACHABLE" };
    default:
      return { code: "AUTH_LOGIN_FAILED", remedy: again };
  }
}
