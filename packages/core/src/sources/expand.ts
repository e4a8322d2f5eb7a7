import { ownProperties } from "../untrusted/own-properties.ts";
import type { TokenSource } from "./source.ts";

/** The sources that are really asked: each one that stands for others is replaced by them. */
export function expandSources(sources: readonly TokenSource[]): readonly TokenSource[] {
  return sources.flatMap((source) => {
    const { sources: others } = ownProperties(source);
    if (others !== undefined) return expandSources(others);
    if (typeof source?.resolve !== "function") throw new TypeError("This is no token source.");
    return [source];
  });
}
