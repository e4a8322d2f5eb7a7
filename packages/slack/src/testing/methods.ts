import type { SlackRefusal } from "./envelope.ts";
import type { SlackFiles } from "./files.ts";
import type { KnownToken } from "./token-table.ts";

/** A method of the Web API that the fake has. */
export type SlackMethod =
  | "api.test"
  | "apps.connections.open"
  | "auth.revoke"
  | "auth.test"
  | "chat.postMessage"
  | "conversations.list"
  | "files.completeUploadExternal"
  | "files.getUploadURLExternal"
  | "oauth.v2.access"
  | "oauth.v2.exchange"
  | "tooling.tokens.rotate";

/** A channel of the workspace. */
export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly [field: string]: unknown;
}

/** A call that has come past token and scope. */
interface AcceptedCall {
  readonly given: URLSearchParams;
  readonly token: KnownToken;
  readonly sent: string;
  readonly channels: readonly SlackChannel[];
  readonly files: SlackFiles;
  /** Takes the token out of the table. */
  readonly revoke: (token: string) => void;
  readonly now: () => number;
}

interface TokenMethod {
  /** The kinds of token that it takes. */
  readonly kinds: readonly KnownToken["kind"][];
  readonly scope?: string;
  readonly perform: (call: AcceptedCall) => object | SlackRefusal;
}

const general = ["bot", "user"] as const;

/** The methods that a token is needed for. */
export const tokenMethods: Readonly<Partial<Record<SlackMethod, TokenMethod>>> = {
  "auth.test": { kinds: ["bot", "user", "app"], perform: ({ token }) => whoIs(token) },
  "auth.revoke": {
    kinds: general,
    perform({ given, sent, revoke }) {
      const isDryRun = given.get("test") === "1" || given.get("test") === "true";
      if (!isDryRun) revoke(sent);
      return { revoked: !isDryRun };
    },
  },
  "conversations.list": {
    kinds: general,
    scope: "channels:read",
    perform({ given, channels }) {
      const start = Number(given.get("cursor")) || 0;
      const end = start + (Number(given.get("limit")) || 100);
      const cursor = end < channels.length ? String(end) : "";
      return { channels: channels.slice(start, end), response_metadata: { next_cursor: cursor } };
    },
  },
  "chat.postMessage": {
    kinds: general,
    scope: "chat:write",
    perform({ given, channels, token, now }) {
      const channel = channels.find(({ id }) => id === given.get("channel"));
      if (channel === undefined) return { error: "channel_not_found" };
      const ts = `${Math.floor(now() / 1000)}.000100`;
      const message = { type: "message", user: token.user.id, text: given.get("text") ?? "", ts };
      return { channel: channel.id, ts, message };
    },
  },
  "files.getUploadURLExternal": {
    kinds: general,
    scope: "files:write",
    perform: ({ given, files }) => files.announce(given.get("filename") ?? "Untitled"),
  },
  "files.completeUploadExternal": {
    kinds: general,
    scope: "files:write",
    perform: ({ given, files, token }) => files.complete(given.get("files") ?? "[]", token.team.id),
  },
  "apps.connections.open": {
    kinds: ["app"],
    scope: "connections:write",
    // Which host it leads to is not known.
    perform: () => ({ url: "wss://wss.example/link/?ticket=not-a-secret" }),
  },
};

/** As recorded, in this order. An app-level token's fields are a guess: SDKs have them in their types. */
function whoIs({ kind, team, user, enterpriseId }: KnownToken): object {
  const enterprise = enterpriseId !== undefined && { enterprise_id: enterpriseId };
  if (kind === "app")
    return { team: team.name, team_id: team.id, app_id: user.id, app_name: user.name, ...enterprise };
  return {
    url: `https://${team.name.toLowerCase()}.slack.com/`,
    team: team.name,
    user: user.name,
    team_id: team.id,
    user_id: user.id,
    ...(kind === "bot" && { bot_id: user.id.replace("U", "B"), is_enterprise_install: false }),
    ...enterprise,
  };
}

/** All of them, for those who name one. */
export const slackMethods: readonly SlackMethod[] = [
  "api.test",
  "oauth.v2.access",
  "oauth.v2.exchange",
  "tooling.tokens.rotate",
  ...(Object.keys(tokenMethods) as SlackMethod[]),
];
