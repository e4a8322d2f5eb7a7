import type { GitPassword } from "../provider-command.ts";
import { UsageError } from "../usage-error.ts";
import type { Protocol } from "./protocol.ts";

/**
 * git's credential helper: `get` with `protocol=`, `host=` on standard input. git makes Basic of what it gets, so the provider
 * says for which hosts its token is a password. `store` and `erase` keep nothing here, so they are read and answered by nothing:
 * the next `get` asks the sources anew.
 *
 * @see https://git-scm.com/docs/git-credential (read 2026-11)
 */
export function gitHelper({ hosts, username, origin }: GitPassword): Protocol {
  return async ({ auth, operands: [operation], input }) => {
    if (operation === undefined) throw new UsageError("git says what it wants: get, store or erase.");
    const asked = new Map(
      (await input()).split("\n").flatMap((line) => {
        const end = line.indexOf("=");
        return end === -1 ? [] : [[line.slice(0, end), line.slice(end + 1).replace(/\r$/, "")] as const];
      }),
    );
    // git's own rule: what a helper does not know, it ignores.
    if (operation !== "get") return "";
    const host = asked.get("host")?.toLowerCase();
    if (asked.get("protocol") !== "https" || host === undefined || !hosts.includes(host)) return "";
    if (origin !== undefined && !auth.origins.includes(origin)) return "";
    // Somebody else's login on the same host.
    if (asked.has("username") && asked.get("username") !== username) return "";
    const token = await auth.token();
    return [
      `username=${username}`,
      `password=${token.reveal()}`,
      ...(token.expiresAt === undefined ? [] : [`password_expiry_utc=${Math.floor(token.expiresAt / 1000)}`]),
    ].join("\n");
  };
}
