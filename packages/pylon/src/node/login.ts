import process from "node:process";

import { AuthError, type AuthOptions, defineProvider, isAuthError, type Verification } from "@auth/core";

import { definition } from "../pylon.ts";
import type { PylonIdentity } from "../pylon-identity.ts";
import { type PylonRegion, readRegion } from "../region.ts";
import { type LoginPlace, type LoginSlot, loginSlot } from "./login-store.ts";

/** Options of {@link login}, beside those of every provider. */
export interface LoginOptions extends AuthOptions, LoginPlace {
  /** The token to keep. The environment variables are not looked at. */
  readonly token: AuthOptions["token"];
  /** Where the organization lives. Default: as for `pylon()`. */
  readonly region?: PylonRegion | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is known of a saved login, without its token. */
export interface SavedLogin {
  readonly name: string;
  readonly region: PylonRegion;
  readonly organization: { readonly id: string; readonly name?: string };
}

/** As `pylon`, for the given token and no other. */
const givenOnly = defineProvider({
  ...definition,
  setup: (options: { readonly region?: PylonRegion | undefined }, context) => ({
    ...definition.setup(options, context),
    sources: [],
  }),
});

/**
 * Asks Pylon whom a token speaks for and then keeps it, under a name, in the keychain or a file. It takes the place of an
 * earlier login of that name. A token that Pylon does not accept is not kept. Gives what `verify` gives.
 *
 * @throws {AuthError} whatever `verify` throws; `AUTH_LOGIN_FAILED` where the token is good and could not be kept, or where
 * the name or the store cannot be used.
 */
export async function login(options: LoginOptions): Promise<Verification<PylonIdentity>> {
  const { name, store, signal, ...given } = options;
  const slot = slotFor({ name, store });
  const auth = givenOnly(given);
  const verification = await auth.verify({ signal });
  const token = await auth.token({ signal });
  const { id, label } = verification.identity;
  const region = readRegion(options.region, options.env ?? process.env, options.baseUrl);
  const organization = { id, ...(label !== undefined && { name: label }) };
  await keeping("The token is good, and could not be kept", () =>
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
  const slot = slotFor(place);
  return keeping("The saved login could not be deleted", () => slot.delete());
}

/**
 * What is known of a saved login, such as the region to pass to `pylon`; `undefined` where there is none.
 *
 * @throws {AuthError} `AUTH_LOGIN_FAILED` where the keychain or the file cannot be used.
 */
export async function savedLogin(place: LoginPlace = {}): Promise<SavedLogin | undefined> {
  const slot = slotFor(place);
  const kept = await keeping("The saved login could not be read", () => slot.read());
  return kept && { name: slot.name, region: kept.region, organization: kept.organization };
}

function slotFor(place: LoginPlace): LoginSlot {
  try {
    return loginSlot(place);
  } catch (error) {
    throw failed("There is no such login", error);
  }
}

async function keeping<T>(problem: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw isAuthError(error) ? error : failed(problem, error);
  }
}

/** Only our own words are quoted, and the system's code: anything else could hold the token. */
function failed(problem: string, error: unknown): AuthError {
  const { name, message, remedy, code } = (error ?? {}) as Partial<Record<string, unknown>>;
  const own = name === "Broken" && typeof message === "string" && typeof remedy === "string";
  const system = typeof code === "string" && /^[A-Z][A-Z0-9_]{1,30}$/.test(code) ? code : "no reason given";
  return new AuthError("AUTH_LOGIN_FAILED", {
    provider: definition.id,
    message: `${problem}: ${own ? message : system}.`,
    remedy: own ? remedy : "Name a file in a folder of your own, or use the keychain.",
  });
}
