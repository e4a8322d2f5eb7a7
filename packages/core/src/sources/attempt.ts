import { printable } from "../untrusted/safe-message.ts";

/** What came of asking one token source. JSON-safe; never holds a token. */
export interface SourceAttempt {
  /** Where was looked: `env PYLON_API_TOKEN`, `option token`, `file …`. */
  readonly source: string;
  /** `used`: its token was taken. `unavailable`: nothing there. `failed`: something there, and broken. */
  readonly outcome: "used" | "unavailable" | "failed" | "not tried";
  /** Why it was not used, in one sentence. Of the used one: what is odd about it. */
  readonly reason?: string;
  /** What to do about it, in one imperative sentence. */
  readonly remedy?: string;
  /** In `explain()`: what there is to say of it now, in one sentence, such as which generation a store holds. */
  readonly detail?: string;
  /** Milliseconds. */
  readonly durationMs: number;
}

/** An attempt as it is reported, with only the facts that there are. */
export function attempt(
  source: string,
  outcome: SourceAttempt["outcome"],
  durationMs: number,
  why: { readonly reason?: string | undefined; readonly remedy?: string | undefined } = {},
): SourceAttempt {
  return {
    source: printable(source),
    outcome,
    ...(why.reason !== undefined && { reason: printable(why.reason) }),
    ...(why.remedy !== undefined && { remedy: printable(why.remedy) }),
    durationMs,
  };
}
