import { type PylonRegion, regions } from "../region.ts";
import { knownOperation, type PylonOperation } from "./operations.ts";

/** What a fake token stands for. */
export interface FakePylonToken {
  /** The one region that accepts it. Default: `us`. */
  readonly region?: PylonRegion;
  /** Tokens of one organization share its rate limits. Default: Acme Support. */
  readonly organization?: { readonly id: string; readonly name: string };
  /** An API token's user has no email; a person's has. Default: a user without. */
  readonly user?: { readonly id: string; readonly email?: string };
  /** The operations that it may not use. Default: none. */
  readonly denied?: readonly PylonOperation[];
}

const plain: Required<FakePylonToken> = {
  region: "us",
  organization: { id: "5f0c2c1e-7d0e-4c2b-9a55-0d3b8f6f2a10", name: "Acme Support" },
  user: { id: "0b6d7d0a-5f7e-4a52-8d1c-6a1d2f6f0c33" },
  denied: [],
};

/** The tokens of both regions. */
export type TokenTable = Map<string, Required<FakePylonToken>>;

export function createTokenTable(tokens: Readonly<Record<string, FakePylonToken>>): TokenTable {
  return new Map(Object.entries(tokens).map(([token, facts]) => [token, completeToken(facts)]));
}

export function completeToken(facts: FakePylonToken): Required<FakePylonToken> {
  const token = { ...plain, ...facts };
  if (!Object.hasOwn(regions, token.region)) throw new TypeError(`Pylon has no region "${token.region}".`);
  token.denied.forEach(knownOperation);
  return token;
}
