import type { Token } from "../token/token.ts";
import { printable } from "../untrusted/safe-message.ts";
import { ownProperties } from "../untrusted/own-properties.ts";
import type { SourceAttempt } from "./attempt.ts";
import { expandSources } from "./expand.ts";
import type { SourceContext, TokenSource } from "./source.ts";

/** The sources behind the used one that hold another token, of those that can be asked at once: their names. */
export async function otherTokens(
  given: readonly TokenSource[],
  attempts: readonly SourceAttempt[],
  token: Token,
  context: Omit<SourceContext, "signal" | "reason">,
): Promise<string[]> {
  const names: string[] = [];
  const untried = attempts.findIndex(({ outcome }) => outcome === "not tried");
  for (const source of untried === -1 ? [] : expandSources(given).slice(untried)) {
    if (ownProperties(source).immediate !== true) continue;
    try {
      const { signal } = new AbortController();
      const result = await source.resolve({ ...context, reason: "initial", signal });
      if (result.outcome !== "found") continue;
      const other = result.reveal().trim();
      if (other !== "" && other !== token.reveal()) names.push(printable(result.source ?? source.name));
    } catch {
      // A source behind the used one that is broken takes no part in the decision.
    }
  }
  return names;
}
