import { type Environment, variable } from "@auth/core";

/**
 * Where the Hub's library keeps the token of `hf auth login`: `HF_TOKEN_PATH`, else `token` in `HF_HOME`, else in
 * `huggingface` below `XDG_CACHE_HOME`, else in `~/.cache/huggingface`. As there, `~` and variables are filled in; a blank
 * variable counts as unset, which it does not there. `undefined`: there is no home folder.
 *
 * @see https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables (read 2026-11)
 */
export function tokenPath(env: Environment): string | undefined {
  const set = (name: string): string | undefined => variable(env, name)?.trim() || undefined;
  const home = set("HOME") ?? set("USERPROFILE");
  const explicit = set("HF_TOKEN_PATH");
  if (explicit !== undefined) return filledIn(explicit, home, set);
  const cache = set("XDG_CACHE_HOME") ?? (home === undefined ? undefined : `${home}/.cache`);
  const hub = set("HF_HOME") ?? (cache === undefined ? undefined : `${cache}/huggingface`);
  return hub === undefined ? undefined : filledIn(`${hub}/token`, home, set);
}

/** A variable that is not set stays as it is written. What is filled in is not looked at again. */
function filledIn(
  path: string,
  home: string | undefined,
  set: (name: string) => string | undefined,
): string | undefined {
  const named = path.replaceAll(/\$(?:(\w+)|\{(\w+)\})/g, (as, plain: string, braced: string) => {
    return set(plain ?? braced) ?? as;
  });
  if (!/^~(?=\/|$)/.test(named)) return named;
  return home === undefined ? undefined : home + named.slice(1);
}
