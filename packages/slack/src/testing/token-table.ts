/** What a fake token stands for. */
export interface FakeSlackToken {
  /** Default: by the token's beginning (`xapp-`, `xoxp-`, `xoxe.xoxp-`), else a bot's. */
  readonly kind?: "bot" | "user" | "app";
  /** Default: the workspace Acme. */
  readonly team?: { readonly id: string; readonly name: string };
  /** Of a bot token the bot's user. Default: `acme_bot`, or the member `ada`. */
  readonly user?: { readonly id: string; readonly name: string };
  /** The organization above the workspace. Default: none. */
  readonly enterpriseId?: string;
  /** Default: all that the fake's methods ask for. */
  readonly scopes?: readonly string[];
  /** Milliseconds since the epoch. Default: it does not expire. */
  readonly expiresAt?: number;
  /** `barred`: the caller's IP address may not use it. Default: `alive`. */
  readonly state?: "alive" | "revoked" | "inactive" | "barred";
}

/** A token with everything that is known of it. */
export type KnownToken = Required<Omit<FakeSlackToken, "enterpriseId" | "expiresAt">> &
  Pick<FakeSlackToken, "enterpriseId" | "expiresAt">;

/** The tokens that the service knows. */
export type TokenTable = Map<string, KnownToken>;

const users = {
  bot: { id: "U01ABCDEF", name: "acme_bot" },
  user: { id: "U02ADA000", name: "ada" },
  app: { id: "A01ABCDEF", name: "Acme App" },
};

export function completeToken(token: string, facts: FakeSlackToken): KnownToken {
  const kind = facts.kind ?? kindOf(token);
  return {
    kind,
    team: { id: "T01ABCDEF", name: "Acme" },
    user: users[kind],
    scopes:
      kind === "app" ? ["connections:write"] : ["chat:write", "channels:read", "files:read", "files:write"],
    state: "alive",
    ...facts,
  };
}

function kindOf(token: string): "bot" | "user" | "app" {
  if (token.startsWith("xapp-")) return "app";
  return /^(?:xoxe\.)?xoxp-/.test(token) ? "user" : "bot";
}
