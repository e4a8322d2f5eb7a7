import { type AddressOption, defineProvider, fromFunction, ownProperties, type Provider } from "@auth/core";

import { identify, type QuarryIdentity } from "./quarry-identity.ts";

/** Options of {@link quarry}, beside those of every provider. */
export interface QuarryOptions {
  /** Default: `QUARRY_CLIENT_ID`. */
  readonly clientId?: string | undefined;
  /** Goes to the token endpoint only, and shows nowhere. Default: `QUARRY_CLIENT_SECRET`. */
  readonly clientSecret?: string | undefined;
}

/**
 * Quarry (data warehouse): fetches an access token with client credentials, sends it to Quarry's API and nowhere else, and
 * fetches the next one ahead of its expiry. Calling this reads nothing and sends nothing; the first use does.
 */
export const quarry: Provider<QuarryOptions, QuarryIdentity> = defineProvider({
  specVersion: 1,
  id: "quarry",
  name: "Quarry",
  tokenUrl: "https://quarry.example/console/clients",
  setup(options: QuarryOptions & AddressOption) {
    const { clientId, clientSecret, baseUrl = "https://api.quarry.example" } = options;
    return {
      baseUrl,
      sources: [
        fromFunction("client credentials", async (context) => {
          // With the library for OAuth: loaded when a token is needed, and not by who imports this.
          const { accessToken } = await import("./access-token.ts");
          // On the API's own origin, so that the secret follows baseUrl, and goes nowhere that core has not checked.
          return accessToken({ clientId, clientSecret, endpoint: new URL("/oauth/token", baseUrl) }, context);
        }),
      ],
      verify: { path: "/v1/me", identify },
      classify: ({ body }) => {
        const { message } = ownProperties(body as { readonly message?: unknown });
        return { reason: typeof message === "string" ? message : undefined };
      },
    };
  },
});
