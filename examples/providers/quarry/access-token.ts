import {
  AuthError,
  type AuthErrorCode,
  type AuthErrorInit,
  found,
  type SourceContext,
  type SourceResult,
  unavailable,
  variable,
} from "@auth/core";
import {
  allowInsecureRequests,
  clientCredentialsGrantRequest,
  ClientSecretBasic,
  customFetch,
  processClientCredentialsResponse,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from "oauth4webapi";

export interface ClientCredentials {
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly endpoint: URL;
}

/** Asks for an access token. What the endpoint does wrong is thrown as an AuthError that holds nothing of the request. */
export async function accessToken(given: ClientCredentials, context: SourceContext): Promise<SourceResult> {
  const clientId = given.clientId ?? variable(context.env, "QUARRY_CLIENT_ID")?.trim();
  const secret = given.clientSecret ?? variable(context.env, "QUARRY_CLIENT_SECRET")?.trim();
  if (clientId === undefined || clientId === "") return missing("QUARRY_CLIENT_ID");
  if (secret === undefined || secret === "") return missing("QUARRY_CLIENT_SECRET");
  return grant(given.endpoint, clientId, secret, context);
}

function missing(name: string): SourceResult {
  return unavailable(`${name} is not set`, "Set QUARRY_CLIENT_ID and QUARRY_CLIENT_SECRET.");
}

async function grant(
  endpoint: URL,
  clientId: string,
  secret: string,
  { fetch, signal, now }: SourceContext,
): Promise<SourceResult> {
  const server = { issuer: endpoint.origin, token_endpoint: endpoint.href };
  const client = { client_id: clientId };
  const askedAt = now();
  const response = await clientCredentialsGrantRequest(
    server,
    client,
    ClientSecretBasic(secret),
    {},
    {
      signal,
      [customFetch]: fetch,
      // Core has refused plain http, but for this machine and for callers who allow it.
      [allowInsecureRequests]: true,
    },
  ).catch((error: unknown) => {
    signal.throwIfAborted();
    // A client's error may hold the request: nothing of it is passed on.
    throw unreachable(endpoint, error instanceof TypeError ? "could not be reached" : "could not be asked");
  });
  const { status } = response;
  if (status === 429 || status >= 500) throw unreachable(endpoint, `answered with status ${status}`, status);
  try {
    const answer = await processClientCredentialsResponse(server, client, response);
    const { access_token: token, expires_in: lifetime } = answer;
    // Counted from the question: the answer was on its way for a while.
    return found(token, lifetime === undefined ? {} : { expiresAt: askedAt + lifetime * 1000 });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof WWWAuthenticateChallengeError || error instanceof ResponseBodyError)
      throw refused(clientId, error);
    throw failure("AUTH_RESPONSE_MALFORMED", {
      message: `${endpoint.href} answered with something that is no access token.`,
      remedy: "Check that baseUrl is the address of Quarry's API.",
      status,
    });
  }
}

/** RFC 6749, section 5.2. Any other word could be an echo of the secret, and is not quoted. */
const words: ReadonlySet<string> = new Set([
  "invalid_request",
  "invalid_client",
  "invalid_grant",
  "unauthorized_client",
  "unsupported_grant_type",
  "invalid_scope",
]);

function refused(clientId: string, error: ResponseBodyError | WWWAuthenticateChallengeError): AuthError {
  const word = error instanceof ResponseBodyError && words.has(error.error) ? error.error : "no reason";
  return failure("AUTH_LOGIN_FAILED", {
    message: `Quarry refused the client ${clientId} (${word}).`,
    remedy: "Make a new secret at https://quarry.example/console/clients and set QUARRY_CLIENT_SECRET to it.",
    status: error.status,
  });
}

function unreachable(endpoint: URL, how: string, status?: number): AuthError {
  return failure("AUTH_UNREACHABLE", {
    message: `${endpoint.href} ${how}, which says nothing about the client.`,
    remedy: "Check the network, the proxy and baseUrl, then try again.",
    status,
  });
}

function failure(code: AuthErrorCode, facts: Omit<AuthErrorInit, "provider">): AuthError {
  return new AuthError(code, { provider: "quarry", ...facts });
}
