import {
  AuthError,
  failed,
  type Environment,
  exchange,
  ownField,
  found,
  fromValue,
  ownText,
  type TokenSource,
  type TokenStore,
  variable,
} from "@auth/core";

/** Where the tokens of an app with token rotation come from. */
export interface SlackRotation {
  /**
   * The refresh token (`xoxe-1-…`) that came with the app's first token, or a source of it. It is good once: Slack gives the
   * next one with each token, and the store keeps that. Give another one here to begin anew.
   */
  readonly refreshToken: string | TokenSource;
  /** Keeps what Slack gives, for all processes that share it: two that refresh by themselves would end each other's tokens. */
  readonly store: TokenStore;
  /** What the store keeps it under. Default: `slack` and the client id. */
  readonly key?: string | undefined;
  /** Of the app. Default: `SLACK_CLIENT_ID`. */
  readonly clientId?: string | undefined;
  /** Of the app. Default: `SLACK_CLIENT_SECRET`. */
  readonly clientSecret?: string | undefined;
}

/**
 * An app's rotating token, which lives for twelve hours.
 *
 * @see https://docs.slack.dev/authentication/using-token-rotation (read 2026-11)
 */
export function fromRotation(rotation: SlackRotation, baseUrl: string, env: Environment): TokenSource {
  const clientId = given(rotation.clientId, env, "clientId", "SLACK_CLIENT_ID");
  const clientSecret = given(rotation.clientSecret, env, "clientSecret", "SLACK_CLIENT_SECRET");
  const { refreshToken, store, key = `slack/${clientId}` } = rotation;
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
        url: `${baseUrl.replace(/\/+$/, "")}/oauth.v2.access`,
        headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
        body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: material.reveal() }),
      });
      const token = ownText(body, "access_token");
      const seconds = ownField(body, "expires_in");
      if (ownField(body, "ok") !== true || token === undefined) throw refusal(body, material.source);
      return found(token, {
        next: ownText(body, "refresh_token"),
        ...(typeof seconds === "number" && { expiresAt: now() + seconds * 1000 }),
      });
    },
  });
}

function given(option: string | undefined, env: Environment, name: string, from: string): string {
  const value = (option ?? variable(env, from) ?? "").trim();
  if (value !== "") return value;
  throw failed(`the option rotation has no ${name}`, `Set ${from}, or pass rotation: { ${name} }.`);
}

/** A refusal is a 200 here too. Only the word is quoted, and only where it is one. */
function refusal(body: unknown, source: string): Error {
  const told = ownText(body, "error") ?? "";
  const word = /^\w{1,60}$/.test(told) ? told : "no reason given";
  if (word === "invalid_refresh_token")
    return new AuthError("AUTH_LOGIN_FAILED", {
      provider: "slack",
      message: `Slack no longer takes the refresh token from ${source} (${word}).`,
      remedy: `Install the app again, and put its new refresh token in ${source}.`,
    });
  const remedies: Readonly<Record<string, string>> = {
    invalid_client_id: "Correct the client id: SLACK_CLIENT_ID, or rotation: { clientId }.",
    bad_client_secret: "Correct the client secret: SLACK_CLIENT_SECRET, or rotation: { clientSecret }.",
  };
  const remedy = Object.hasOwn(remedies, word) ? remedies[word] : undefined;
  return failed(`Slack gave no token (${word})`, remedy ?? "Try again later.");
}
