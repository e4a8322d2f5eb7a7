import {
  type Auth,
  AuthError,
  type AuthOptions,
  defineProvider,
  field,
  isAuthError,
  isBroken,
  own,
  type Verification,
} from "@auth/core";

import { heldToken } from "./held-token.ts";
import { loadLogins } from "./load-logins.ts";
import type { LoginPlace, LoginSlot, SavedLogin } from "./login-slot.ts";
import { definition } from "./pylon.ts";
import type { PylonIdentity } from "./pylon-identity.ts";
import { type PylonRegion, regions } from "./region.ts";

/** Options of {@link login}, beside those of every provider. */
export interface LoginOptions extends AuthOptions, LoginPlace {
  /** The token to keep. The environment variables are not looked at. */
  readonly token: AuthOptions["token"];
  /** Where the organization lives. Default: as for `pylon()`. */
  readonly region?: PylonRegion | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks Pylon whom a token speaks for and then keeps it, under a name, in the keychain or a file. It takes the place of an
 * earlier login of that name. A token that Pylon does not accept is not kept. Gives what `verify` gives. On Node.js, Bun
 * and Deno.
 *
 * @throws {AuthError} whatever `verify` throws; `AUTH_LOGIN_FAILED` where the token is good and could not be kept, or where
 * the name or the store cannot be used, as in a browser. The signal's reason where it was aborted.
 */
export async function login(options: LoginOptions): Promise<Verification<PylonIdentity>> {
  const { name, store, signal, ...given } = own(options);
  const slot = await slotAt({ name, store });
  // Loaded once: what is kept has to be what was verified.
  const token = await givenOnly(given).token({ signal });
  const auth = givenOnly({ ...given, token: heldToken(token) });
  const verification = await auth.verify({ signal });
  const { id, label } = verification.identity;
  // Each region has a page of its own.
  const region = auth.provider.tokenUrl === regions.eu.tokenUrl ? "eu" : "us";
  const organization = { id, ...(label !== undefined && { name: label }) };
  await keeping("The token is good, and could not be kept", signal, () =>
    slot.save({ token: token.reveal(), region, organization }, signal),
  );
  return verification;
}

/**
 * Deletes a saved login, and resolves to whether there was one. The token stays valid: only an admin can revoke it, on
 * Pylon's page for API tokens.
 *
 * @throws {AuthError} `AUTH_LOGIN_FAILED` where the keychain or the file cannot be used.
 */
export async function logout(place: LoginPlace = {}): Promise<boolean> {
  const slot = await slotAt(place);
  return keeping("The saved login could not be deleted", undefined, () => slot.delete());
}

/**
 * What is known of a saved login, such as the region to pass to `pylon`; `undefined` where there is none.
 *
 * @throws {AuthError} `AUTH_LOGIN_FAILED` where the keychain or the file cannot be used.
 */
export async function savedLogin(place: LoginPlace = {}): Promise<SavedLogin | undefined> {
  const slot = await slotAt(place);
  const kept = await keeping("The saved login could not be read", undefined, () => slot.read());
  return kept && { name: slot.name, region: kept.region, organization: kept.organization };
}

/** As `pylon`, for the given token and no other. */
function givenOnly(options: Omit<LoginOptions, "name" | "store" | "signal">): Auth<PylonIdentity> {
  const factory = defineProvider({
    ...definition,
    setup: (given: { readonly region?: PylonRegion | undefined }, context) => ({
      ...definition.setup(given, context),
      sources: [],
    }),
  });
  return factory(options);
}

function slotAt(place: LoginPlace): Promise<LoginSlot> {
  return keeping("No login can be kept there", undefined, async () => {
    const logins = await loadLogins();
    return logins.openSlot(own(place));
  });
}

async function keeping<T>(
  problem: string,
  signal: AbortSignal | undefined,
  task: () => T | Promise<T>,
): Promise<T> {
  try {
    return await task();
  } catch (error) {
    signal?.throwIfAborted();
    throw isAuthError(error) ? error : failed(problem, error);
  }
}

/** Only our own words are quoted, and the system's code: anything else could hold the token. */
function failed(problem: string, error: unknown): AuthError {
  const code = field(error, "code");
  const system = typeof code === "string" && /^[A-Z][A-Z0-9_]{1,30}$/.test(code) ? code : "no reason given";
  const known = isBroken(error);
  return new AuthError("AUTH_LOGIN_FAILED", {
    provider: definition.id,
    message: `${problem}: ${known ? error.message : system}.`,
    remedy: known ? error.remedy : "Name a file in a folder of your own, or use the keychain.",
  });
}
