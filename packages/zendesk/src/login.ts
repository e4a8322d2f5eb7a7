import { AuthError, type AuthOptions, ownProperties, type Verification } from "@auth/core";
import { defineLogins, type LoginPlace, type Logins } from "@auth/core/logins";

import { type LoginFacts, logins, type SavedLogin } from "./saved-logins.ts";
import { subdomainIn } from "./subdomain.ts";
import { definition } from "./zendesk.ts";
import type { ZendeskIdentity } from "./zendesk-identity.ts";

/** Options of {@link login}, beside those of every provider. */
export interface LoginOptions extends AuthOptions, LoginPlace {
  /** The OAuth access token to keep. The environment variables are not looked at. API tokens are not kept: they end soon. */
  readonly token: AuthOptions["token"];
  /** The account that the login is for. */
  readonly subdomain: string;
  readonly signal?: AbortSignal | undefined;
}

const made: Logins<
  Pick<LoginOptions, "subdomain">,
  ZendeskIdentity,
  LoginFacts
> = /* @__PURE__ */ defineLogins({
  definition,
  logins,
  factsOf: ({ kind, id, label }, _, { subdomain = "" }) => ({
    subdomain,
    account: { kind, id, ...(label !== undefined && { label }) },
  }),
});

/**
 * Asks Zendesk whose token it is and then keeps it, under a name, in the keychain or a file. It takes the place of an earlier
 * login of that name. A token that Zendesk does not accept is not kept. Gives what `verify` gives. On Node.js, Bun and Deno.
 *
 * @throws {AuthError} whatever `verify` throws; `AUTH_PROVIDER_INVALID` without a subdomain; `AUTH_LOGIN_FAILED` where the token
 * is good and could not be kept, or where the name or the store cannot be used. The signal's reason where it was aborted.
 */
export async function login(options: LoginOptions): Promise<Verification<ZendeskIdentity>> {
  const { subdomain: text, token, name, store, signal, ...others } = ownProperties(options);
  const subdomain = subdomainIn(text);
  if (subdomain === undefined || subdomain === "") {
    throw new AuthError("AUTH_PROVIDER_INVALID", {
      provider: "zendesk",
      message: "It is not known which account the login is for.",
      remedy: "Pass the option subdomain.",
    });
  }
  // An option email would make an API token of it.
  const { email: _, ...given } = others as AuthOptions & { readonly email?: unknown };
  return made.login({ ...given, subdomain, token, name, store, signal });
}

/**
 * Deletes a saved login, and resolves to whether there was one. The token stays valid until it ends.
 *
 * @throws {AuthError} `AUTH_LOGIN_FAILED` where the keychain or the file cannot be used.
 */
export function logout(place?: LoginPlace): Promise<boolean> {
  return made.logout(place);
}

/**
 * What is known of a saved login, such as the subdomain to pass to `zendesk`; `undefined` where there is none.
 *
 * @throws {AuthError} `AUTH_LOGIN_FAILED` where the keychain or the file cannot be used.
 */
export function savedLogin(place?: LoginPlace): Promise<SavedLogin | undefined> {
  return made.savedLogin(place);
}
