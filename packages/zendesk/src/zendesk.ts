import {
  type AuthOptions,
  basic,
  bearer,
  failed,
  defineProvider,
  fromEnv,
  header,
  oneOf,
  type Provider,
  type ProviderDefinition,
  tenantUrl,
  variable,
} from "@auth/core";
import type { LoginStore } from "@auth/core/logins";

import { classify } from "./classify.ts";
import { emailIn } from "./email.ts";
import { fromApiToken } from "./from-api-token.ts";
import { fromRotation, type ZendeskRotation } from "./from-rotation.ts";
import { fromZcliLogin } from "./from-zcli-login.ts";
import { type LoginFacts, logins } from "./saved-logins.ts";
import { subdomainIn } from "./subdomain.ts";
import { formOf, type TokenForm } from "./token-form.ts";
import { identify, type ZendeskIdentity } from "./zendesk-identity.ts";

/** Options of {@link zendesk}. */
export interface ZendeskOptions extends AuthOptions {
  /** The account: `acme` of `acme.zendesk.com`. An address of it will do. Default: `ZENDESK_SUBDOMAIN`. */
  readonly subdomain?: string | undefined;
  /**
   * The user of an API token. With it the option `token` is an API token, and without it an OAuth access token. Default, for
   * `ZENDESK_API_TOKEN` alone: `ZENDESK_EMAIL`.
   */
  readonly email?: string | undefined;
  /**
   * Whether to look, after the variables, for the login that ZCLI keeps in the keychain for the account. It is read and never
   * renewed. Default: false.
   */
  readonly zcli?: boolean | undefined;
  /**
   * A login that `login` saved, by its name, or `true` for the one without. It is looked at after the environment variables,
   * on Node.js, Bun and Deno. It works for its own account: for another one its token is not sent.
   */
  readonly login?: string | true | undefined;
  /** Where the login is kept. Default: the keychain. */
  readonly store?: LoginStore | undefined;
  /** Of an OAuth client with refresh tokens: where its access tokens are taken from, before the environment variables. */
  readonly rotation?: ZendeskRotation | undefined;
}

/** What an auth of Zendesk is made from. */
export const definition: ProviderDefinition<ZendeskOptions, ZendeskIdentity> = {
  specVersion: 1,
  id: "zendesk",
  name: "Zendesk",
  // How a token is made: the page of an account is another one for each.
  tokenUrl: "https://developer.zendesk.com/documentation/api-basics/authentication/oauth-migration/",
  setup(options, { env }) {
    const { rotation, login, store } = options;
    const subdomain = [options.subdomain, variable(env, "ZENDESK_SUBDOMAIN")].map(subdomainIn).find(Boolean);
    const ownEmail = emailIn(options.email, "the option email");
    const email = ownEmail ?? emailIn(variable(env, "ZENDESK_EMAIL"), "ZENDESK_EMAIL");
    const form = (source: string): TokenForm => formOf(source, ownEmail !== undefined);
    const baseUrl =
      options.baseUrl ??
      tenantUrl("https://{subdomain}.zendesk.com", {
        subdomain: { value: subdomain, variable: "ZENDESK_SUBDOMAIN" },
      });
    return {
      baseUrl,
      sources: [
        ...(rotation === undefined ? [] : [fromRotation(rotation, baseUrl, env)]),
        fromEnv("ZENDESK_OAUTH_TOKEN"),
        fromApiToken(email),
        ...(login === undefined ? [] : [logins.source(login, store, forAccount(subdomain))]),
        // One account's login goes to no other's address.
        ...(options.zcli === true && subdomain !== undefined ? [fromZcliLogin(subdomain)] : []),
      ],
      inject: oneOf(
        {
          bearer: bearer(),
          basic: basic(`${email ?? ""}/token`),
          saved: header("authorization", (value) => `Basic ${value}`),
        },
        (token) => form(token.source),
      ),
      verify: { path: "/api/v2/users/me.json", identify },
      classify: (answer) => classify(answer, { formOf: form }),
      requestIdHeader: "x-zendesk-request-id",
      warnings: () =>
        (variable(env, "ZENDESK_API_TOKEN") ?? "").trim() === "" && ownEmail === undefined
          ? []
          : ["API tokens end on 2027-04-30: use an OAuth access token, in ZENDESK_OAUTH_TOKEN."],
    };
  },
};

/**
 * Zendesk: sends a token to the API of one account, and nowhere else. The token is the option `token`, else one of
 * an OAuth client's rotating ones where the option `rotation` says so, else `ZENDESK_OAUTH_TOKEN`,
 * else `ZENDESK_API_TOKEN` with `ZENDESK_EMAIL`, else the saved login that the option `login` names, else with the
 * option `zcli` that of ZCLI. Calling this reads nothing;
 * the first use does.
 *
 * The first use throws an `AuthError` with code `AUTH_PROVIDER_INVALID` when the subdomain is missing or is none, or the email is
 * none.
 *
 * @see https://developer.zendesk.com/api-reference/introduction/security-and-auth/ (read 2026-11)
 */
export const zendesk: Provider<ZendeskOptions, ZendeskIdentity> = /* @__PURE__ */ defineProvider(definition);

/** A login works for its own account alone: its token is not sent to another one. */
function forAccount(subdomain: string | undefined): (kept: LoginFacts, label: string) => void {
  return (kept, label) => {
    if (kept.subdomain === subdomain) return;
    throw failed(
      `the ${label} is for another account than the one that was asked for`,
      `Pass subdomain: "${kept.subdomain}" or set ZENDESK_SUBDOMAIN=${kept.subdomain}.`,
    );
  };
}
