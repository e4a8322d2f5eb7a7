import { ownField, type Identity, ownText } from "@auth/core";

/** The bot, the member or the app that a token speaks for. */
export interface SlackIdentity extends Identity {
  /** `app` for an app-level token (`xapp-`), which works with few methods. */
  readonly kind: "bot" | "user" | "app";
  /** The user's id (`U…`, `W…`): of a bot token that of the bot's own user. Of an app-level token the app's (`A…`). */
  readonly id: string;
  /** The user's name in the workspace. */
  readonly label?: string;
  /** The workspace. */
  readonly team?: SlackTeam;
  /** The bot's other id (`B…`), as messages have it. */
  readonly botId?: string;
  /** Where Slack tells it. */
  readonly appId?: string;
  /** The organization above the workspace (`E…`). */
  readonly enterpriseId?: string;
  /** What the token may do: `chat:write`. Absent where Slack does not tell. */
  readonly scopes?: readonly string[];
}

/** A workspace. */
export interface SlackTeam {
  /** `T…` */
  readonly id: string;
  readonly name?: string;
}

/**
 * Reads the answer of `auth.test`: only the user's id, or for an app-level token the app's, is needed. A refusal is a 200
 * too, and names nobody.
 *
 * @see https://docs.slack.dev/reference/methods/auth.test (read 2026-11)
 */
export function identify(
  body: unknown,
  { headers }: { readonly headers: Headers },
): SlackIdentity | undefined {
  const [userId, appId, botId] = ["user_id", "app_id", "bot_id"].map((name) => ownText(body, name));
  const id = userId ?? appId;
  if (ownField(body, "ok") !== true || id === undefined) return undefined;
  const label = ownText(body, userId === undefined ? "app_name" : "user");
  const team = readTeam(body);
  const enterpriseId = ownText(body, "enterprise_id");
  const scopes = scopesOf(headers);
  return {
    kind: userId === undefined ? "app" : botId === undefined ? "user" : "bot",
    id,
    ...(label !== undefined && { label }),
    ...(team !== undefined && { team }),
    ...(botId !== undefined && { botId }),
    ...(appId !== undefined && { appId }),
    ...(enterpriseId !== undefined && { enterpriseId }),
    ...(scopes !== undefined && { scopes }),
  };
}

function readTeam(body: unknown): SlackTeam | undefined {
  const id = ownText(body, "team_id");
  const name = ownText(body, "team");
  return id === undefined ? undefined : { id, ...(name !== undefined && { name }) };
}

/** `x-oauth-scopes` stands on every answer to a token that Slack knows. */
function scopesOf(headers: Headers): readonly string[] | undefined {
  const told = headers.get("x-oauth-scopes");
  if (told === null) return undefined;
  return told.split(",").flatMap((scope) => scope.trim() || []);
}
