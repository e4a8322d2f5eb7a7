import type { Classification } from "@auth/core";
import { callService } from "@auth/core/service";

import { type AccountOptions, service, theAuthServer } from "./account.ts";
import { type GrantedToken, grantedToken } from "./granted-token.ts";
import { loginRefusal } from "./login-refusal.ts";
import { ownProperty } from "./own-property.ts";
import { retryAfterMs } from "./retry-delay.ts";

/** An authorization code, and what it was asked for with. */
export interface AuthorizationCode {
  readonly code: string;
  readonly redirectUri: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
}

const judged = "the authorization code";

/**
 * Exchanges an authorization code for a token, once, whatever the answer: a code is good for one exchange. By hand, since
 * libraries refuse the service's dialect: its `scope` is an object, and its errors may be those of the API.
 */
export async function exchangeCode(
  origin: string,
  { code, redirectUri, clientId, clientSecret }: AuthorizationCode,
  { fetch, timeoutMs, signal, now = Date.now }: AccountOptions,
): Promise<GrantedToken & { readonly expiresAt?: number }> {
  const reply = await callService({
    provider: service,
    origins: [origin],
    url: `${origin}/oauth2/token`,
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: redirectUri,
      client_id: clientId,
      ...(clientSecret !== undefined && { client_secret: clientSecret }),
    }),
    judged,
    server: theAuthServer,
    secrets: [code, ...(clientSecret === undefined ? [] : [clientSecret])],
    fetch,
    now,
    timeoutMs,
    signal,
    retry: false,
    requestIdHeader: "x-request-id",
    classify: ({ status, headers, body }) => ({
      ...refusal(status, body),
      retryAfterMs: retryAfterMs(headers),
    }),
  });
  const expiresAt = expiryOf(reply.body, now());
  return {
    ...grantedToken(reply, judged, [code, clientSecret]),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/** A number of seconds that is none, or too large for a date, is no reason to refuse a good token. */
function expiryOf(body: unknown, now: number): number | undefined {
  const seconds = ownProperty(body, "expires_in");
  if (typeof seconds !== "number" || !(seconds > 0)) return undefined;
  const expiresAt = Math.trunc(now + seconds * 1000);
  return expiresAt <= 8.64e15 ? expiresAt : undefined;
}

// Which of the two shapes the service's errors have is not documented.
function refusal(status: number, body: unknown): Classification {
  const type = ownProperty(body, "error");
  if (typeof type !== "string") {
    const said = loginRefusal(status, body);
    if (said.code === "AUTH_LOGIN_FAILED") return { ...said, remedy: again };
    // A code that is good no more, in the API's words.
    const isInvalid = ownProperty(ownProperty(body, "error"), "type") === "InvalidInput";
    if (isInvalid) return { ...said, code: "AUTH_LOGIN_FAILED", remedy: againOrOtherwise };
    return said.code === "AUTH_RESPONSE_MALFORMED" ? { ...said, remedy: otherServer } : said;
  }
  const description = ownProperty(body, "error_description");
  const reason = typeof description === "string" && description !== "" ? `${type}: ${description}` : type;
  return { reason, ...meaning(type) };
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
