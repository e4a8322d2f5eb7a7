import type { AuthOptions, Verification } from "@auth/core";
import { accountOf, defineLogins, type LoginPlace, type Logins } from "@auth/core/logins";

import type { AnthropicIdentity } from "./anthropic-identity.ts";
import { definition, type AnthropicOptions } from "./anthropic.ts";
import { type LoginFacts, logins, type SavedLogin } from "./saved-logins.ts";

/** Options of {@link login}, beside those of every provider. */
export interface LoginOptions extends AuthOptions, LoginPlace {
  /** The token to keep. No other place is looked at. */
  readonly token: AuthOptions["token"];
  /** Which header carries it. Default: as for `anthropic()`. */
  readonly keyHeader?: AnthropicOptions["keyHeader"];
  readonly signal?: AbortSignal | undefined;
}

const made: Logins<
  Pick<AnthropicOptions, "keyHeader">,
  AnthropicIdentity,
  LoginFacts
> = /* @__PURE__ */ defineLogins({
  definition,
  logins,
  factsOf: (identity) => ({ account: accountOf(identity) }),
});

/**
 * Asks Anthropic whose token it is and then keeps it, under a name, in the keychain or a file. It takes the place of an earlier
 * login of that name. A token that Anthropic does not accept is not kept. Gives what `verify` gives. On Node.js, Bun and Deno.
 *
 * @throws {AuthError} whatever `verify` throws; `AUTH_LOGIN_FAILED` where the token is good and could not be kept, or where
 * the name or the store cannot be used, as in a browser. The signal's reason where it was aborted.
 */
export function login(options: LoginOptions): Promise<Verification<AnthropicIdentity>> {
  return made.login(options);
}

/**
 * Deletes a saved login, and resolves to whether there was one. The token stays valid: revoke it on Anthropic's page.
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
