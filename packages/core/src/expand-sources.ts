import { own } from "./own.ts";
import type { TokenSource } from "./token-source.ts";

/** The sources that are really asked: each one that stands for others is replaced by them. */
export function expandSources(sources: readonly TokenSource[]): readonly TokenSource[] {
  return sources.flatMap((source) => {
    const { sources: others } = own(source);
    return others === undefined ? [source] : expandSources(others);
  });
}
