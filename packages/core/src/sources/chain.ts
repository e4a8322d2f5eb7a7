import { type TokenSource, unavailable } from "./source.ts";

/** Several sources as one: the first that holds a token wins, and one that is broken ends the search. */
export function chain(...sources: readonly TokenSource[]): TokenSource {
  return {
    name: sources.map((source) => source.name).join(", "),
    sources,
    async resolve(context) {
      let last = unavailable("the chain has no sources");
      for (const source of sources) {
        const result = await source.resolve(context);
        if (result.outcome === "found") return { source: source.name, ...result };
        last = result;
      }
      return last;
    },
  };
}
