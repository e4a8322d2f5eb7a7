/** What a fake token stands for. */
export interface FakeHuggingFaceToken {
  /** Default: `user`. */
  readonly type?: "user" | "org" | "app";
  /** Default: ada. */
  readonly owner?: { readonly id: string; readonly name: string; readonly fullname: string };
  /** Absent from whoami where the role is `fineGrained`. Default: `ada@example.com`. */
  readonly email?: string;
  /** Of a token that OAuth gave, whoami says nothing of the token itself. Default: by the beginning `hf_oauth_`. */
  readonly oauth?: boolean;
  /** The name that the token was given. Default: `deploy`. */
  readonly displayName?: string;
  /** Default: `write`. */
  readonly role?: "read" | "write" | "fineGrained";
  /** The user's organizations. Default: Acme. */
  readonly orgs?: readonly FakeHuggingFaceOrg[];
  /** Gated repositories that it was let into. Default: none. */
  readonly granted?: readonly string[];
  /** Milliseconds since the epoch. Default: it does not expire. */
  readonly expiresAt?: number;
}

/** An organization of a user. Private repositories below its name are seen by its members. */
export interface FakeHuggingFaceOrg {
  readonly id: string;
  readonly name: string;
  readonly fullname: string;
  /** Why the token cannot see it. Default: it can. */
  readonly securityRestrictions?: readonly ("mfa" | "sso" | "ip" | "token-policy" | "token-revoked")[];
}

/** A token with everything that is known of it. */
export type KnownToken = Required<Omit<FakeHuggingFaceToken, "expiresAt">> &
  Pick<FakeHuggingFaceToken, "expiresAt">;

/** The tokens that the service knows. */
export type TokenTable = Map<string, KnownToken>;

export function completeToken(token: string, facts: FakeHuggingFaceToken): KnownToken {
  return {
    type: "user",
    owner: { id: "6a61f0c2e4b0d81f2a3c4d5e", name: "ada", fullname: "Ada Lovelace" },
    email: "ada@example.com",
    oauth: token.startsWith("hf_oauth_"),
    displayName: "deploy",
    role: "write",
    orgs: [{ id: "6b72e1d3f5c1e92a3b4d5e6f", name: "acme", fullname: "Acme" }],
    granted: [],
    ...facts,
  };
}

/** What whoami says. Which fields there are depends on the token, as recorded and as the client's types have it. */
export function whoIs({ type, owner, email, oauth, displayName, role, orgs, expiresAt }: KnownToken): object {
  const createdAt = "2026-07-23T10:27:03.276Z";
  const fineGrained = {
    canReadGatedRepos: true,
    global: ["discussion.write"],
    scoped: [
      { entity: { _id: owner.id, type: "user", name: owner.name }, permissions: ["repo.content.read"] },
    ],
  };
  const accessToken = { displayName, role, createdAt, ...(role === "fineGrained" && { fineGrained }) };
  const auth = {
    type: "access_token",
    ...(!oauth && { accessToken }),
    ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
  };
  if (type === "app") return { type, id: owner.id, name: owner.name, auth };
  const paid = { canPay: false, periodEnd: 1_785_542_400 };
  const seesEmail = !oauth && role !== "fineGrained";
  const common = {
    type,
    id: owner.id,
    name: owner.name,
    fullname: owner.fullname,
    ...(seesEmail && { email }),
  };
  if (type === "org") return { ...common, ...paid, avatarUrl: "/avatars/c2.svg", auth };
  return {
    ...common,
    ...(seesEmail && { emailVerified: true }),
    ...paid,
    billingMode: "prepaid",
    isPro: false,
    avatarUrl: "/avatars/c2.svg",
    orgs: orgs.map((org) => ({ type: "org", avatarUrl: "/avatars/c3.svg", roleInOrg: "write", ...org })),
    auth,
  };
}
