import { type Environment, type TokenSource, unavailable } from "@auth/core";

import { tokenPath } from "./token-path.ts";

/**
 * The file of `hf auth login`, read as it is: a login that is about to end is refreshed by the Hub's own library, which has a
 * lock for that. Until May 2026 that library made the file readable for others, so that one is read, and `explain` warns of it.
 */
export function fromTokenFile(env: Environment): TokenSource {
  const path = tokenPath(env);
  return {
    name: path === undefined ? "file of hf auth login" : `file ${path}`,
    async resolve(context) {
      if (path === undefined) return unavailable("there is no home folder to look in", "Set HF_TOKEN.");
      // Loaded when it is asked for, so that the provider runs where there are no files.
      const { fromFile } = await import("#machine");
      if (fromFile === undefined)
        return unavailable(
          "files need Node.js, Bun or Deno (of a bundler, the condition node)",
          "Set HF_TOKEN, or pass the option token.",
        );
      return fromFile(path, { permissions: "warn", remedy: "Run hf auth login." }).resolve(context);
    },
  };
}
