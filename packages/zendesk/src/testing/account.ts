/** A user of the account. */
export interface FakeZendeskUser {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly role: "end-user" | "agent" | "admin";
  readonly suspended?: boolean;
}

/** An OAuth access token that the fake knows. */
export interface FakeZendeskToken {
  /** Whose it is, by email. Default: the first user. */
  readonly email?: string;
  /** Default: `read` and `write`. */
  readonly scopes?: readonly string[];
  /** When it ends. Milliseconds since the epoch. Default: never. */
  readonly expiresAt?: number;
  /** What takes its place, once. Default: none. */
  readonly refreshToken?: string;
}

/** An OAuth client that the fake knows. */
export interface FakeZendeskClient {
  /** Absent: a public client. */
  readonly secret?: string;
  /** How long its access tokens live. Seconds, 300 to 172,800. Default: 1,800. */
  readonly expiresIn?: number;
  /** How long its refresh tokens live. Seconds, 604,800 to 7,776,000. Default: 2,592,000. */
  readonly refreshExpiresIn?: number;
}

/** What a token stands for. */
export interface KnownToken {
  /** The number by which it is revoked. */
  readonly id: number;
  readonly user: FakeZendeskUser;
  readonly scopes: readonly string[];
  readonly expiresAt: number | undefined;
}

/** What takes a token's place. */
interface Refresh {
  readonly access: string;
  /** `undefined`: any client may use it. */
  readonly clientId: string | undefined;
  readonly expiresAt: number | undefined;
  readonly token: KnownToken;
}

/** The account: who is in it, and what speaks for them. */
export interface Account {
  readonly users: readonly FakeZendeskUser[];
  readonly clients: Readonly<Record<string, FakeZendeskClient>>;
  /** API tokens: any user's email works with each. */
  readonly apiTokens: Set<string>;
  /** OAuth access tokens by their text. */
  readonly tokens: Map<string, KnownToken>;
  readonly refreshTokens: Map<string, Refresh>;
  add(text: string, facts?: FakeZendeskToken): KnownToken;
}

export const defaultUsers: readonly FakeZendeskUser[] = [
  { id: 35_436, name: "Ada Lovelace", email: "ada@example.com", role: "admin" },
  { id: 35_437, name: "Grace Hopper", email: "grace@example.com", role: "agent" },
];

/** An account without tokens. */
export function createAccount(
  users: readonly FakeZendeskUser[],
  clients: Readonly<Record<string, FakeZendeskClient>>,
): Account {
  for (const [name, { expiresIn = 1_800, refreshExpiresIn = 2_592_000 }] of Object.entries(clients)) {
    const fits = expiresIn >= 300 && expiresIn <= 172_800;
    const refreshFits = refreshExpiresIn >= 604_800 && refreshExpiresIn <= 7_776_000;
    if (!fits || !refreshFits)
      throw new TypeError(`The client "${name}" has lifetimes that Zendesk does not allow.`);
  }
  const tokens = new Map<string, KnownToken>();
  const refreshTokens = new Map<string, Refresh>();
  let lastId = 0;
  return {
    users,
    clients,
    tokens,
    refreshTokens,
    apiTokens: new Set(),
    add(text, { email, scopes = ["read", "write"], expiresAt, refreshToken } = {}) {
      const user = users.find((one) => email === undefined || one.email === email);
      if (user === undefined) throw new TypeError(`The account has no user ${email}.`);
      lastId += 1;
      const token = { id: lastId, user, scopes, expiresAt };
      tokens.set(text, token);
      if (refreshToken !== undefined)
        refreshTokens.set(refreshToken, { access: text, clientId: undefined, expiresAt: undefined, token });
      return token;
    },
  };
}
