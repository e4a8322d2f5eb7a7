import { found, type TokenSource, unavailable } from "../token-source.ts";
import { variable } from "../variable.ts";
import { chain } from "./chain.ts";

/**
 * Reads a token from the first of the environment variables that is set, each time it is asked. An empty or blank value
 * counts as unset.
 */
export function fromEnv(...names: readonly string[]): TokenSource {
  const [first, ...others] = names.map(fromVariable);
  return first !== undefined && others.length === 0 ? first : chain(...names.map(fromVariable));
}

function fromVariable(name: string): TokenSource {
  return {
    name: `env ${name}`,
    immediate: true,
    resolve({ env }) {
      const value = variable(env, name);
      if (value === undefined) return unavailable(`${name} is not set`, `Set ${name} to a token.`);
      if (value.trim() === "") return unavailable(`${name} is empty`, `Set ${name} to a token.`);
      return found(value);
    },
  };
}
