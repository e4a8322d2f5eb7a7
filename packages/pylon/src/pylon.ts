import {
  type AuthOptions,
  defineProvider,
  failed,
  fromEnv,
  type Provider,
  type ProviderDefinition,
} from "@auth/core";
import type { LoginStore } from "@auth/core/logins";

import { classify } from "./classify.ts";
import { identify, type PylonIdentity } from "./pylon-identity.ts";
import { type PylonRegion, readRegion, regionAt, regions, usTokenUrl } from "./region.ts";
import { type LoginFacts, logins } from "./saved-logins.ts";

/** Options of {@link pylon}. */
export interface PylonOptions extends AuthOptions {
  /** Where the organization lives. Default: the region that `baseUrl` is the address of, else `PYLON_REGION`, else `us`. */
  readonly region?: PylonRegion | undefined;
  /**
   * A login that `login` saved, by its name, or `true` for the one without. It is looked at after the environment variables,
   * on Node.js, Bun and Deno. It works in its own region: for another one its token is not sent.
   */
  readonly login?: string | true | undefined;
  /** Where the login is kept. Default: the keychain. */
  readonly store?: LoginStore | undefined;
}

/** What an auth of Pylon is made from. */
export const definition: ProviderDefinition<PylonOptions, PylonIdentity> = {
  specVersion: 1,
  id: "pylon",
  name: "Pylon",
  tokenUrl: usTokenUrl,
  setup(options, { env, now }) {
    const { login, store } = options;
    const region = readRegion(options.region, env, options.baseUrl);
    const { host, tokenUrl } = regions[region];
    const ownBaseUrl = options.baseUrl !== undefined;
    const there = regionAt(options.baseUrl);
    const elsewhere = `The region is ${region}, and the option baseUrl is the address of ${there}.`;
    return {
      baseUrl: `https://${host}`,
      tokenUrl,
      sources: [
        fromEnv("PYLON_API_TOKEN", "PYLON_API_KEY"),
        ...(login === undefined ? [] : [logins.source(login, store, forRegion(region))]),
      ],
      verify: { path: "/me", identify },
      classify: (answer) => classify(answer, { region, ownBaseUrl, now }),
      requestIdHeader: "x-pylon-request-id",
      warnings: there === undefined || there === region ? [] : [elsewhere],
    };
  },
};

/**
 * Pylon (customer support): sends an organization's API token to Pylon's API of one region, and nowhere else. The token
 * is the option `token`, else `PYLON_API_TOKEN`, else `PYLON_API_KEY`, else the saved login that the option `login` names.
 * Calling this reads nothing; the first use does.
 *
 * The first use throws an `AuthError` with code `AUTH_PROVIDER_INVALID` when the region is neither `us` nor `eu`.
 *
 * @see https://docs.usepylon.com/pylon-docs/developer/api/authentication (read 2026-11)
 */
export const pylon: Provider<PylonOptions, PylonIdentity> = /* @__PURE__ */ defineProvider(definition);

/** A login works in its own region alone: its token is not sent to another one. */
function forRegion(region: PylonRegion): (kept: LoginFacts, label: string) => void {
  return (kept, label) => {
    if (kept.region === region) return;
    throw failed(
      `the ${label} is of the region ${kept.region}, and the region ${region} was asked for`,
      `Pass region: "${kept.region}" or set PYLON_REGION=${kept.region}.`,
    );
  };
}
