import { defineProvider, fromEnv, type Provider } from "@auth/core";

import { classify } from "./classify.ts";
import { identify, type PylonIdentity } from "./pylon-identity.ts";
import { type PylonRegion, readRegion, regions } from "./region.ts";

/** Options of {@link pylon}, beside those of every provider. */
export interface PylonOptions {
  /** Where the organization lives. Default: `PYLON_REGION`, else `us`. */
  readonly region?: PylonRegion | undefined;
}

/**
 * Pylon (customer support): sends an organization's API token to Pylon's API of one region, and nowhere else. The token
 * is the option `token`, else `PYLON_API_TOKEN`, else `PYLON_API_KEY`. Calling this reads nothing; the first use does.
 *
 * The first use throws an `AuthError` with code `AUTH_PROVIDER_INVALID` when the region is neither `us` nor `eu`.
 *
 * @see https://docs.usepylon.com/pylon-docs/developer/api/authentication (read 2026-11)
 */
export const pylon: Provider<PylonOptions, PylonIdentity> = defineProvider({
  specVersion: 1,
  id: "pylon",
  name: "Pylon",
  tokenUrl: regions.us.tokenUrl,
  setup(options: PylonOptions & { readonly baseUrl?: string }, { env, now }) {
    const region = readRegion(options.region, env);
    const { host, tokenUrl } = regions[region];
    const ownBaseUrl = options.baseUrl !== undefined;
    return {
      baseUrl: `https://${host}`,
      tokenUrl,
      sources: [fromEnv("PYLON_API_TOKEN", "PYLON_API_KEY")],
      verify: { path: "/me", identify },
      classify: (answer) => classify(answer, { region, ownBaseUrl, now }),
      requestIdHeader: "x-pylon-request-id",
    };
  },
});
