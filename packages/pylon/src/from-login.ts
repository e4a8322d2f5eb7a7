import type { TokenSource } from "@auth/core";

import { loadLogins } from "./load-logins.ts";
import type { LoginStore } from "./login-slot.ts";
import type { PylonRegion } from "./region.ts";

/** The token of a saved login, for requests to that region. */
export function fromLogin(
  login: string | true,
  store: LoginStore | undefined,
  region: PylonRegion,
): TokenSource {
  const name = login === true ? "default" : login;
  return {
    name: `login ${name} in ${typeof store === "object" ? store.file : "the keychain"}`,
    resolve: async ({ signal }) => (await loadLogins()).findToken({ name, store }, region, signal),
  };
}
