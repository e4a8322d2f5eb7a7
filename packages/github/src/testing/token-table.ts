import { type GitHubTokenKind, tokenKindOf } from "../token-kind.ts";
import { type GitHubOperation, knownOperation } from "./operations.ts";
import type { GitHubProblemName } from "./problems.ts";

/** What a fake token stands for. Its kind is told by its beginning, as GitHub tells it. */
export interface FakeGitHubToken {
  /** Whose it is; of an installation, the bot that it acts as. Default: Ada, or the bot of an app. */
  readonly user?: { readonly id: number; readonly login: string; readonly name?: string };
  /** Default: `repo` and `read:org` for a token with scopes, none for one with permissions. */
  readonly scopes?: readonly string[] | undefined;
  /** When it ends, by the clock of the fake. Milliseconds since the epoch. Default: never. */
  readonly expiresAt?: number;
  /** What it is refused, and how: `{ "GET /user/repos": "saml" }`. Default: nothing, but for what its kind is. */
  readonly refusals?: Readonly<Partial<Record<GitHubOperation, GitHubProblemName>>>;
}

/** A token that is known. */
export interface KnownToken {
  readonly kind: GitHubTokenKind;
  readonly user: { readonly id: number; readonly login: string; readonly name?: string };
  /** `undefined`: of a kind that has no scopes. */
  readonly scopes: readonly string[] | undefined;
  readonly expiresAt: number | undefined;
  readonly refusals: Readonly<Partial<Record<GitHubOperation, GitHubProblemName>>>;
  /** The app that it was made for. */
  readonly appId?: number;
}

/** The tokens that are known, by their text. */
export type TokenTable = Map<string, KnownToken>;

const ada = { id: 583_231, login: "ada", name: "Ada Lovelace" };
const bot = { id: 49_699_333, login: "acme-app[bot]" };

/** Fills in what is not given. */
export function knownToken(text: string, facts: FakeGitHubToken = {}): KnownToken {
  const kind = tokenKindOf(text);
  const { refusals = {} } = facts;
  Object.keys(refusals).forEach(knownOperation);
  const hasScopes = kind === "classic" || kind === "oauth" || kind === "unknown";
  return {
    kind,
    user: facts.user ?? (kind === "installation" ? bot : ada),
    scopes: "scopes" in facts ? facts.scopes : hasScopes ? ["read:org", "repo"] : undefined,
    expiresAt: facts.expiresAt,
    // An installation is no person.
    refusals: kind === "installation" ? { "GET /user": "integration", ...refusals } : refusals,
  };
}
