import type { TokenSource } from "@auth/core";
import { fromCommand } from "@auth/core/node";

/**
 * The token that `gh` has for a host, wherever it keeps it: a file, or the keychain in a form of its own. `gh` is asked for one
 * host, whatever its default is, and gets no variable with a token in it: it would print that in place of its login, and the token
 * of another host in some versions.
 *
 * @see https://cli.github.com/manual/gh_auth_token (read 2026-11)
 */
export function ghLogin(host: string): TokenSource {
  return fromCommand("gh", ["auth", "token", "--hostname", host], {
    // Where its files are, and how it comes to the keychain of Linux.
    env: ["GH_CONFIG_DIR", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"],
    whenMissing: "unavailable",
    unavailableWhen: { exitCode: 1 },
    remedy: `Run gh auth login --hostname ${host}.`,
  });
}
