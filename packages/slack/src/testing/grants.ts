import type { LoopbackRequest } from "@auth/testing/loopback";

import type { SlackRefusal } from "./envelope.ts";
import { argumentsOf } from "./form.ts";
import type { KnownToken, TokenTable } from "./token-table.ts";

/** How long a rotating token lives. Milliseconds. */
const lifetimeMs = 12 * 60 * 60 * 1000;
/** How many access tokens of one refresh token's line are good at the same time. */
const longestLine = 2;

/** The app that asks for tokens. */
export interface FakeSlackApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface GrantsOptions {
  readonly app: FakeSlackApp;
  readonly tokens: TokenTable;
  /** Codes that people were given when they allowed the app, and what for. Each is good once. */
  readonly codes: Map<string, KnownToken>;
  /** Refresh tokens, and what for. */
  readonly refreshTokens: Map<string, KnownToken>;
  /** Whether the app has token rotation on. */
  readonly rotation: boolean;
  /** How long a used refresh token is good for. Milliseconds. */
  readonly graceMs: number;
  readonly now: () => number;
}

/** What gives out tokens. */
export interface Grants {
  access(request: LoopbackRequest): object | SlackRefusal;
  exchange(request: LoopbackRequest): object | SlackRefusal;
  rotate(request: LoopbackRequest): object | SlackRefusal;
}

/** A line of tokens, each made for the one before: its access tokens that are good, the oldest first. */
interface Line {
  readonly facts: KnownToken;
  readonly alive: string[];
}

export function createGrants(options: GrantsOptions): Grants {
  const { app, tokens, codes, refreshTokens, now } = options;
  const lines = new Map<string, Line>();
  const usedAt = new Map<string, number>();

  function problemWith(request: LoopbackRequest): SlackRefusal | undefined {
    const given = argumentsOf(request);
    const [, basic = ""] = /^Basic (\S+)$/.exec(request.headers.authorization ?? "") ?? [];
    const [id = "", secret = ""] = Buffer.from(basic, "base64").toString("utf8").split(":");
    if ((given.get("client_id") ?? id) !== app.clientId) return { error: "invalid_client_id" };
    if ((given.get("client_secret") ?? secret) !== app.clientSecret) return { error: "bad_client_secret" };
    return undefined;
  }

  /** The next pair of a line, and the end of its oldest tokens. */
  function issue(line: Line): { access: string; refresh: string } {
    const access = `xoxe.xox${line.facts.kind === "user" ? "p" : "b"}-1-${crypto.randomUUID()}`;
    const refresh = `xoxe-1-${crypto.randomUUID()}`;
    tokens.set(access, { ...line.facts, expiresAt: now() + lifetimeMs });
    line.alive.push(access);
    for (const ended of line.alive.splice(0, line.alive.length - longestLine)) tokens.delete(ended);
    lines.set(refresh, line);
    return { access, refresh };
  }

  /** The line that a refresh token is the end of. It is good once, and for the grace. */
  function use(refresh: string): Line | undefined {
    const facts = refreshTokens.get(refresh);
    const line = lines.get(refresh) ?? (facts && { facts, alive: [] });
    if (line === undefined) return undefined;
    lines.set(refresh, line);
    const since = usedAt.get(refresh);
    if (since !== undefined && now() - since >= options.graceMs) return undefined;
    if (since === undefined) usedAt.set(refresh, now());
    return line;
  }

  return {
    access(request) {
      const problem = problemWith(request);
      if (problem !== undefined) return problem;
      const given = argumentsOf(request);
      const grant = given.get("grant_type") ?? "authorization_code";
      if (grant === "refresh_token") {
        const line = use(given.get("refresh_token") ?? "");
        if (line === undefined) return { error: "invalid_refresh_token" };
        return { ...pairOf(line.facts, issue(line)), ...appOf(line.facts) };
      }
      if (grant !== "authorization_code") return { error: "invalid_grant_type" };
      const code = given.get("code") ?? "";
      const facts = codes.get(code);
      if (facts === undefined) return { error: "invalid_code" };
      codes.delete(code);
      return installed(facts);
    },
    exchange(request) {
      const problem = problemWith(request);
      if (problem !== undefined) return problem;
      if (!options.rotation) return { error: "token_rotation_not_enabled" };
      const token = argumentsOf(request).get("token") ?? "";
      const facts = tokens.get(token);
      if (facts === undefined) return { error: "invalid_token" };
      if (token.startsWith("xoxe.")) return { error: "token_already_exchanged" };
      return { ...pairOf(facts, issue({ facts, alive: [token] })), ...appOf(facts) };
    },
    rotate(request) {
      const line = use(argumentsOf(request).get("refresh_token") ?? "");
      if (line === undefined) return { error: "invalid_refresh_token" };
      const { access, refresh } = issue(line);
      const iat = Math.floor(now() / 1000);
      const { team, user } = line.facts;
      return {
        token: access,
        refresh_token: refresh,
        team_id: team.id,
        user_id: user.id,
        iat,
        exp: iat + lifetimeMs / 1000,
      };
    },
  };

  /** A bot's token stands at the top, a member's in `authed_user`. */
  function installed(facts: KnownToken): object {
    const tokensOf = (): object => {
      if (options.rotation) return pairOf(facts, issue({ facts, alive: [] }));
      const token = `xox${facts.kind === "user" ? "p" : "b"}-${crypto.randomUUID()}`;
      tokens.set(token, facts);
      return { access_token: token, token_type: facts.kind, scope: facts.scopes.join(",") };
    };
    if (facts.kind !== "user") return { ...tokensOf(), ...appOf(facts), authed_user: { id: "U02ADA000" } };
    return { ...appOf(facts), authed_user: { id: facts.user.id, ...tokensOf() } };
  }
}

function pairOf(facts: KnownToken, { access, refresh }: { access: string; refresh: string }): object {
  return {
    access_token: access,
    expires_in: lifetimeMs / 1000,
    refresh_token: refresh,
    token_type: facts.kind,
    scope: facts.scopes.join(","),
  };
}

function appOf({ kind, team, user }: KnownToken): object {
  return {
    app_id: "A01ABCDEF",
    team,
    enterprise: null,
    is_enterprise_install: false,
    ...(kind === "bot" && { bot_user_id: user.id }),
  };
}
