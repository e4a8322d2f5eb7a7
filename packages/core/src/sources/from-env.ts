import { found, type TokenSource, unavailable } from "./source.ts";
import { variable } from "./variable.ts";
import { chain } from "./chain.ts";

/**
 * Reads a token from the first of the environment variables that is set, each time it is asked. An empty or blank value
 * counts as unset.
 */
export function fromEnv(...names: readonly string[]): TokenSource {
  const sources = names.map(fromVariable);
  const [first] = sources;
  return first !== undefined && sources.length === 1 ? first : chain(...sources);
}

/** The first name is the one to set: the others are told where they are looked at, and are no remedy of their own. */
function fromVariable(name: string, index: number): TokenSource {
  const remedy = index === 0 ? `Set ${name} to a token.` : undefined;
  return {
    name: `env ${name}`,
    immediate: true,
    resolve({ env }) {
      const value = variable(env, name);
      if (value === undefined) return unavailable(`${name} is not set`, remedy);
      if (value.trim() === "") return unavailable(`${name} is empty`, remedy);
      return found(value);
    },
  };
}
