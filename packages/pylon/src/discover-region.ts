import { type AuthOptions, AuthError, isAuthError, ownProperties, type VerifyOptions } from "@auth/core";

import { heldToken } from "./held-token.ts";
import { pylon } from "./pylon.ts";
import { type PylonRegion, regions } from "./region.ts";

/** Options of {@link discoverRegion}: those of an auth, except for the address. */
export interface DiscoverRegionOptions extends Omit<AuthOptions, "baseUrl"> {
  /** Other addresses of the regions, such as those of a fake, to be asked in place of Pylon's. */
  readonly baseUrls?: Partial<Readonly<Record<PylonRegion, string>>> | undefined;
  readonly signal?: VerifyOptions["signal"];
}

/**
 * The region that a token belongs to: asks `GET /me` of `us`, and where that refuses the token, of `eu`. **This shows the
 * token to both of Pylon's hosts**, one of which it does not belong to; nothing else here does. Do it once, and keep the
 * answer as `region` or `PYLON_REGION`, which is not looked at here. The token is looked for as by `pylon()`.
 *
 * @throws {AuthError} `AUTH_TOKEN_REJECTED` where both refuse it. Where one of them could not be asked, the reason for that:
 * no region is guessed.
 */
export async function discoverRegion(options: DiscoverRegionOptions = {}): Promise<PylonRegion> {
  const { baseUrls, signal, ...given } = ownProperties(options);
  // Loaded once: a source may give another one the next time.
  const token = await pylon({ ...given, region: "us" }).token({ signal });
  let requestId: string | undefined;
  for (const region of ["us", "eu"] as const) {
    const baseUrl = baseUrls?.[region];
    const auth = pylon({
      ...given,
      region,
      token: heldToken(token),
      ...(baseUrl !== undefined && { baseUrl }),
    });
    try {
      await auth.verify({ signal });
      return region;
    } catch (error) {
      // Whoever knows what a token may not do knows the token. Without an id it was not Pylon who said so.
      if (isAuthError(error, "AUTH_PERMISSION_DENIED") && error.requestId !== undefined) return region;
      if (!isAuthError(error, "AUTH_TOKEN_REJECTED")) throw error;
      ({ requestId } = error);
    }
  }
  throw new AuthError("AUTH_TOKEN_REJECTED", {
    provider: "pylon",
    message: `Both regions of Pylon refused the token from ${token.source}.`,
    remedy: `Replace the token in ${token.source} by a new one from ${regions.us.tokenUrl} (us) or ${regions.eu.tokenUrl} (eu).`,
    status: 401,
    requestId,
  });
}
