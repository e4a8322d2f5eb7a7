import { failed } from "../sources/source.ts";

const { isAbsolute, join, resolve } = /* @__PURE__ */ process.getBuiltinModule("node:path");

/** A path with `~/` at its beginning made one in the user's home folder, as a shell does. Any other stays as it is. */
export function expandHome(path: string): string {
  const home = process.platform === "win32" ? /^~[/\\]/ : /^~\//;
  return home.test(path) ? join(homeFolder(), path.slice(2)) : path;
}

/**
 * Where a file for secrets is to be: an absolute path, or one that begins with `~/`. A relative path is refused, since it is another
 * file in each folder that the program is started in. `option` is what the caller calls it. Throws what `failed` makes.
 */
export function secretFilePath(path: string, option: string): string {
  const expanded = expandHome(path);
  if (isAbsolute(expanded)) return resolve(expanded);
  throw failed(
    `${option} is no absolute path`,
    `Pass ${option} as a whole path, such as ${join(homeFolder(), ".config", "my-program", "tokens.json")}, or one that begins with ~/.`,
  );
}

function homeFolder(): string {
  return process.getBuiltinModule("node:os").homedir();
}
