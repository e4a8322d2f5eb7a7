import type { Auth, AuthOptions, Identity, ProviderSetup } from "@auth/core";

import { canary } from "./suite.ts";

/** The provider of a service that exists in these checks only, with a token in its environment. */
export function acmeAt(
  baseUrl: string,
  core: Pick<typeof import("@auth/core"), "defineProvider" | "fromEnv">,
): (options?: AuthOptions, setup?: Partial<ProviderSetup<Identity>>) => Auth {
  return (options = {}, setup = {}) =>
    core.defineProvider({
      specVersion: 1,
      id: "acme",
      name: "Acme",
      tokenUrl: "https://acme.example/tokens",
      setup: () => ({
        baseUrl,
        sources: [core.fromEnv("ACME_TOKEN")],
        verify: { path: "/me", identify: (body) => ({ kind: "user", id: (body as { id: string }).id }) },
        ...setup,
      }),
    })({ env: { ACME_TOKEN: canary }, ...options });
}
