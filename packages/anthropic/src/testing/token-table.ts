import { kindOf } from "../token-kind.ts";

/** What a fake token stands for. */
export interface FakeAnthropicToken {
  /** Default: by the token's beginning, `sk-ant-admin` or `sk-ant-oat`, else an API key. */
  readonly kind?: "key" | "admin" | "oauth";
  /** Default: Acme. */
  readonly organization?: { readonly id: string; readonly name: string };
  /** Of a key and of an OAuth token. Default: `wrkspc_01Acme`. */
  readonly workspaceId?: string;
  /** Of an OAuth token. Default: `workspace:inference`, `workspace:developer`. */
  readonly scopes?: readonly string[];
  /** Milliseconds since the epoch. Default: it does not expire. */
  readonly expiresAt?: number;
  /** Default: `alive`. */
  readonly state?: "alive" | "revoked" | "organization-disabled";
}

/** A token with everything that is known of it. */
export type KnownToken = Required<Omit<FakeAnthropicToken, "expiresAt">> &
  Pick<FakeAnthropicToken, "expiresAt">;

/** The tokens that the service knows. */
export type TokenTable = Map<string, KnownToken>;

export function completeToken(token: string, facts: FakeAnthropicToken): KnownToken {
  return {
    kind: kindOf(token),
    organization: { id: "0b6d7d0a-5f7e-4a52-8d1c-6a1d2f6f0c33", name: "Acme" },
    workspaceId: "wrkspc_01Acme",
    scopes: ["workspace:inference", "workspace:developer"],
    state: "alive",
    ...facts,
  };
}
