import type { AuthOptions, Verification } from "@auth/core";
import { defineLogins, type LoginPlace, type Logins } from "@auth/core/logins";

import { definition } from "./pylon.ts";
import type { PylonIdentity } from "./pylon-identity.ts";
import { type PylonRegion, regions } from "./region.ts";
import { type LoginFacts, logins, type SavedLogin } from "./saved-logins.ts";

/** Options of {@link login}, beside those of every provider. */
export interface LoginOptions extends AuthOptions, LoginPlace {
  /** The token to keep. The environment variables are not looked at. */
  readonly token: AuthOptions["token"];
  /** Where the organization lives. Default: as for `pylon()`. */
  readonly region?: PylonRegion | undefined;
  readonly signal?: AbortSignal | undefined;
}

const made: Logins<Pick<LoginOptions, "region">, PylonIdentity, LoginFacts> = /* @__PURE__ */ defineLogins({
  definition,
  logins,
  factsOf({ id, label }, auth) {
    // Each region has a page of its own.
    const region = auth.provider.tokenUrl === regions.eu.tokenUrl ? "eu" : "us";
    return { region, organization: { id, ...(label !== undefined && { name: label }) } };
  },
});

/**
 * Asks Pylon whose token it is and then keeps it, under a name, in the keychain or a file. It takes the place of an
 * earlier login of that name. A token that Pylon does not accept is not kept. Gives what `verify` gives. On Node.js, Bun
 * and Deno.
 *
 * @throws {AuthError} whatever `verify` throws; `AUTH_LOGIN_FAILED` where the token is good and could not be kept, or where
 * the name or the store cannot be used, as in a browser. The signal's reason where it was aborted.
 */
export function login(options: LoginOptions): Promise<Verification<PylonIdentity>> {
  return made.login(options);
}

/**
 * Deletes a saved login, and resolves to whether there was one. The token stays valid: only an admin can revoke it, on
 * Pylon's page for API tokens.
 *
 * @throws {AuthError} `AUTH_LOGIN_FAILED` where the keychain or the file cannot be used.
 */
export function logout(place?: LoginPlace): Promise<boolean> {
  return made.logout(place);
}

/**
 * What is known of a saved login, such as the region to pass to `pylon`; `undefined` where there is none.
 *
 * @throws {AuthError} `AUTH_LOGIN_FAILED` where the keychain or the file cannot be used.
 */
export function savedLogin(place?: LoginPlace): Promise<SavedLogin | undefined> {
  return made.savedLogin(place);
}
