import { randomBytes } from "node:crypto";

import { ownField, ownText } from "@auth/core";
import type { LoopbackAnswer, LoopbackRequest } from "@auth/testing/loopback";

import type { Account } from "./account.ts";
import { problems } from "./problems.ts";

/** The settings of `POST /oauth/tokens`. */
export interface TradeSettings {
  readonly now: () => number;
  /** The documentation says 201, and Zendesk's own client takes 200 alone. */
  readonly oauthStatus: 200 | 201;
}

/**
 * `POST /oauth/tokens`, in JSON. A refresh ends the old access token and the old refresh token at once.
 *
 * @see https://developer.zendesk.com/api-reference/ticketing/oauth/grant_type_tokens/ (read 2026-11)
 */
export function trade(
  { body, headers }: LoopbackRequest,
  account: Account,
  { now, oauthStatus }: TradeSettings,
): LoopbackAnswer {
  if (!/^application\/json\b/.test(headers["content-type"] ?? "")) return problems.invalid_request;
  const asked = parsed(body);
  const clientId = ownText(asked, "client_id");
  const client =
    clientId !== undefined && Object.hasOwn(account.clients, clientId)
      ? account.clients[clientId]
      : undefined;
  if (client === undefined || clientId === undefined) return problems.invalid_client;
  if (client.secret !== undefined && ownField(asked, "client_secret") !== client.secret)
    return problems.invalid_client;

  const give = (
    facts: { email?: string; scopes: readonly string[] },
    refreshable: boolean,
  ): LoopbackAnswer => {
    const { expiresIn = 1_800, refreshExpiresIn = 2_592_000 } = client;
    const text = randomBytes(32).toString("hex");
    const token = account.add(text, { ...facts, expiresAt: now() + expiresIn * 1000 });
    const refresh = randomBytes(32).toString("hex");
    if (refreshable) {
      const expiresAt = now() + refreshExpiresIn * 1000;
      account.refreshTokens.set(refresh, { access: text, clientId, expiresAt, token });
    }
    return {
      status: oauthStatus,
      body: {
        access_token: text,
        token_type: "bearer",
        scope: facts.scopes.join(" "),
        expires_in: expiresIn,
        ...(refreshable && { refresh_token: refresh, refresh_token_expires_in: refreshExpiresIn }),
      },
    };
  };

  const scopes = ownText(asked, "scope")?.split(" ") ?? ["read", "write"];
  switch (ownField(asked, "grant_type")) {
    case "refresh_token": {
      const text = ownText(asked, "refresh_token") ?? "";
      const held = account.refreshTokens.get(text);
      const isOver = held?.expiresAt !== undefined && held.expiresAt <= now();
      if (held === undefined || isOver || (held.clientId ?? clientId) !== clientId)
        return problems.invalid_grant;
      account.refreshTokens.delete(text);
      account.tokens.delete(held.access);
      return give({ email: held.token.user.email, scopes: held.token.scopes }, true);
    }
    case "client_credentials":
      // Whose such a token is, is not documented: here it is the first user's.
      return client.secret === undefined ? problems.invalid_client : give({ scopes }, false);
    default:
      return problems.invalid_request;
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
