import { found, type TokenSource } from "./source.ts";

/** A token that the program already holds. */
export function fromValue(value: string, name = "value"): TokenSource {
  return { name, immediate: true, resolve: () => found(value) };
}
