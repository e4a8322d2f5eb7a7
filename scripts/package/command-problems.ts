// Runs the command of an installed package as its consumer would: the file that npm linked, on a machine where nothing is set up.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

export interface Installed {
  readonly name: string;
  /** The folder in which the package was installed. It is the home of the user who runs the command, too. */
  readonly consumer: string;
  /** The binary of Node.js. */
  readonly node: string;
}

/** What the command is asked, the exit code, and what it must say. */
const asked: readonly [args: readonly string[], exitCode: number, says: RegExp][] = [
  [["status"], 1, /AUTH_TOKEN_NOT_FOUND/],
  [["errors", "AUTH_TOKEN_REJECTED"], 0, /^AUTH_TOKEN_REJECTED\n[^]*What to do\./],
  [["fake", "--help"], 0, /^Usage: auth-\S+ fake [^]*Operations: \S/],
];

/** One sentence for each thing that is wrong. Every provider has a command; what providers are written with has none. */
export function commandProblems({ name, consumer, node }: Installed): readonly string[] {
  const manifest = path.join(consumer, "node_modules", name, "package.json");
  const { bin = {} } = JSON.parse(readFileSync(manifest, "utf8")) as { bin?: Record<string, string> };
  const commands = Object.keys(bin);
  const expected = ["@auth/core", "@auth/testing"].includes(name)
    ? ""
    : `auth-${name.slice("@auth/".length)}`;
  if (commands.join() !== expected)
    return [`${name}: its commands are "${commands.join()}", and should be "${expected}".`];

  return commands.flatMap((command) =>
    asked.flatMap(([args, exitCode, says]) => {
      const { status, error, stdout, stderr } = spawnSync(
        path.join(consumer, "node_modules/.bin", command),
        args,
        { cwd: consumer, env: environment(consumer, node), encoding: "utf8", timeout: 60_000 },
      );
      const typed = [command, ...args].join(" ");
      if (error) return [`${name}: ${typed} does not run: ${error.message}`];
      if (status === exitCode && says.test(stdout)) return [];
      return [`${name}: ${typed} ends with code ${status}, and says:\n${stdout}${stderr}`];
    }),
  );
}

/** No token, no login, no `gh` beside Node.js. The variable is what one provider must know before it can say where it looks. */
function environment(consumer: string, node: string): NodeJS.ProcessEnv {
  return { PATH: path.dirname(node), HOME: consumer, NO_COLOR: "1", ZENDESK_SUBDOMAIN: "acme" };
}
