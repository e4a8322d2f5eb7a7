import type { TokenStore } from "../../stores/token-store.ts";
import type { Token } from "../../token/token.ts";
import type { SourceContext, SourceResult, Unavailable } from "../source.ts";

/** A token that many processes share, and how the next one is got. */
export interface SharedToken {
  /** Of the source. */
  readonly name: string;
  readonly store: TokenStore;
  readonly key: string;
  /** Default: 30,000. */
  readonly leaseMs?: number | undefined;
  /** Asks for the next token. Called by the one who holds the claim. */
  readonly ask: (context: SourceContext, material: Token | undefined) => Promise<SourceResult>;
  /** How long that may take. Never longer than the claim runs. Milliseconds. Default: 10,000; with `readMaterial` as long as that. */
  readonly askTimeoutMs?: number | undefined;
  /** What a person put in place for `ask`. Absent: it needs nothing, and what it is made of never rotates. */
  readonly readMaterial?: ((context: SourceContext) => Promise<Token | Unavailable>) | undefined;
}
