import type { AuthOptions, Verification } from "@auth/core";
import { accountOf, defineLogins, type LoginPlace, type Logins } from "@auth/core/logins";

import type { SlackIdentity } from "./slack-identity.ts";
import { readHost } from "./host.ts";
import { definition, type SlackOptions } from "./slack.ts";
import { type LoginFacts, logins, type SavedLogin } from "./saved-logins.ts";

/** Options of {@link login}, beside those of every provider. */
export interface LoginOptions extends AuthOptions, LoginPlace {
  /** The token to keep. No other place is looked at. */
  readonly token: AuthOptions["token"];
  /** `slack-gov.com` for GovSlack. Default: `slack.com`. */
  readonly host?: SlackOptions["host"];
  readonly signal?: AbortSignal | undefined;
}

const made: Logins<Pick<SlackOptions, "host">, SlackIdentity, LoginFacts> = /* @__PURE__ */ defineLogins({
  definition,
  logins,
  factsOf: (identity, _auth, { host }) => ({ host: readHost(host), account: accountOf(identity) }),
});

/**
 * Asks Slack whose token it is and then keeps it, under a name, in the keychain or a file. It takes the place of an earlier
 * login of that name. A token that Slack does not accept is not kept. Gives what `verify` gives. On Node.js, Bun and Deno.
 *
 * @throws {AuthError} whatever `verify` throws; `AUTH_LOGIN_FAILED` where the token is good and could not be kept, or where
 * the name or the store cannot be used, as in a browser. The signal's reason where it was aborted.
 */
export function login(options: LoginOptions): Promise<Verification<SlackIdentity>> {
  return made.login(options);
}

/**
 * Deletes a saved login, and resolves to whether there was one. The token stays valid: revoke it on Slack's page.
 *
 * @throws {AuthError} `AUTH_LOGIN_FAILED` where the keychain or the file cannot be used.
 */
export function logout(place?: LoginPlace): Promise<boolean> {
  return made.logout(place);
}

/**
 * What is known of a saved login; `undefined` where there is none.
 *
 * @throws {AuthError} `AUTH_LOGIN_FAILED` where the keychain or the file cannot be used.
 */
export function savedLogin(place?: LoginPlace): Promise<SavedLogin | undefined> {
  return made.savedLogin(place);
}
