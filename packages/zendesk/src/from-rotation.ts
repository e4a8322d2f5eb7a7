import {
  type Environment,
  exchange,
  failed,
  found,
  fromValue,
  isAuthError,
  ownField,
  ownText,
  type TokenSource,
  type TokenStore,
  variable,
} from "@auth/core";

/** Where the tokens of an OAuth client with refresh tokens come from. */
export interface ZendeskRotation {
  /**
   * The refresh token that came with the first access token, or a source of it. It is good once: Zendesk gives the next one with
   * each access token, and the store keeps that. Give another one here to begin anew.
   */
  readonly refreshToken: string | TokenSource;
  /** Keeps what Zendesk gives, for all processes that share it: two that refresh by themselves would end each other's tokens. */
  readonly store: TokenStore;
  /** What the store keeps it under. Default: `zendesk`, the origin and the client's identifier. */
  readonly key?: string | undefined;
  /** The identifier of the OAuth client. Default: `ZENDESK_CLIENT_ID`. */
  readonly clientId?: string | undefined;
  /** Of a confidential client. Default: `ZENDESK_CLIENT_SECRET`, else none, as of a public client. */
  readonly clientSecret?: string | undefined;
}

/**
 * An OAuth client's access token. A refresh ends the old access token and the old refresh token at once.
 *
 * @see https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/ (read 2026-11)
 */
export function fromRotation(rotation: ZendeskRotation, baseUrl: string, env: Environment): TokenSource {
  const clientId = given(rotation.clientId, env, "ZENDESK_CLIENT_ID");
  if (clientId === undefined)
    throw failed(
      "the option rotation has no clientId",
      "Set ZENDESK_CLIENT_ID, or pass rotation: { clientId }.",
    );
  const clientSecret = given(rotation.clientSecret, env, "ZENDESK_CLIENT_SECRET");
  const { origin, host } = new URL(baseUrl);
  const { refreshToken, store, key = `zendesk/${host}/${clientId}` } = rotation;
  return exchange({
    name: "token rotation",
    material:
      typeof refreshToken === "string"
        ? fromValue(refreshToken, "option rotation.refreshToken")
        : refreshToken,
    store,
    key,
    async trade(material, { call, now }) {
      const { body } = await call({
        // Beside the API, and not below its path.
        url: `${origin}/oauth/tokens`,
        body: {
          grant_type: "refresh_token",
          client_id: clientId,
          ...(clientSecret !== undefined && { client_secret: clientSecret }),
          refresh_token: material.reveal(),
        },
      }).catch((error: unknown) => {
        throw isAuthError(error, "AUTH_TOKEN_REJECTED")
          ? failed(
              "Zendesk does not know the OAuth client, or its secret (status 401)",
              "Correct ZENDESK_CLIENT_ID and ZENDESK_CLIENT_SECRET, or rotation: { clientId, clientSecret }.",
            )
          : error;
      });
      const token = ownText(body, "access_token");
      if (token === undefined)
        throw failed("Zendesk gave no access token", "Check that the subdomain is the client's account.");
      const seconds = ownField(body, "expires_in");
      return found(token, {
        next: ownText(body, "refresh_token"),
        // Older clients have access tokens without an end.
        ...(typeof seconds === "number" && { expiresAt: now() + seconds * 1000 }),
      });
    },
  });
}

function given(option: string | undefined, env: Environment, name: string): string | undefined {
  const value = (option ?? variable(env, name) ?? "").trim();
  return value === "" ? undefined : value;
}
