import { failed, type TokenSource, unavailable } from "@auth/core";

import { readSavedLogin, savedLoginSource } from "./saved-zcli-login.ts";

/** ZCLI's saved login for an account. What asks the keychain is loaded when it is first asked. */
export function fromZcliLogin(subdomain: string): TokenSource {
  const name = savedLoginSource(subdomain);
  return {
    name,
    async resolve(context) {
      const { zcliKeychain } = await import("#machine");
      if (zcliKeychain === undefined) {
        throw failed(
          "the login of ZCLI needs Node.js, Bun or Deno (of a bundler, the condition node)",
          "Pass the option token.",
        );
      }
      const kept = await zcliKeychain(subdomain).resolve(context);
      return kept.outcome === "found"
        ? readSavedLogin(kept.reveal(), subdomain, context.now())
        : unavailable(kept.reason, "Run zcli login.");
    },
  };
}
