// What an installation of one package, alone in an empty folder, may bring with it.

export interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
}

export interface Expected {
  readonly name: string;
  readonly version: string;
  /** Of the tarball that was checked, as in a lockfile: `sha512-…`. */
  readonly integrity: string;
  /** All that may come along; unless told, anything that is not of Auth.js. */
  readonly companions?: readonly string[];
}

/** What Auth.js's own `@auth/core` depends on: the sign of the wrong library. */
const ofAuthJs = ["@panva/hkdf", "cookie", "jose", "oauth4webapi", "preact", "preact-render-to-string"];

/** One sentence for each thing in the lockfile that should not be there. */
export function installProblems(lockfile: Lockfile, expected: Expected): readonly string[] {
  const { name, version, integrity, companions } = expected;
  const installed = Object.entries(lockfile.packages)
    .filter(([folder]) => folder !== "")
    .map(([folder, entry]) => ({ name: folder.slice(folder.lastIndexOf("node_modules/") + 13), ...entry }));

  const own = installed.find((each) => each.name === name);
  const problems: string[] = [];
  if (own === undefined) problems.push("it is not in the lockfile.");
  else {
    if (own.version !== version) problems.push(`version ${own.version} was installed, and not ${version}.`);
    else if (own.integrity !== integrity)
      problems.push("what was installed is not the tarball that was checked (another integrity).");
  }
  for (const each of installed) {
    if (each === own) continue;
    const what = `installing it alone also brought ${each.name}@${each.version}`;
    if (each.name.startsWith("@auth/"))
      problems.push(`${what}, and a name of this scope leads to Auth.js on the public registry.`);
    else if (companions?.includes(each.name)) continue;
    else if (ofAuthJs.includes(each.name)) problems.push(`${what}, which Auth.js brings.`);
    else if (companions) problems.push(`${what}, and only ${companions.join(", ")} may come along.`);
  }
  return problems.map((problem) => `${name}: ${problem}`);
}
