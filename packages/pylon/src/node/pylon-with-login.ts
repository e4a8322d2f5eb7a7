import { broken, defineProvider, found, type Provider, type TokenSource, unavailable } from "@auth/core";

import { definition, type PylonOptions } from "../pylon.ts";
import type { PylonIdentity } from "../pylon-identity.ts";
import { type PylonRegion, readRegion } from "../region.ts";
import { loginSlot, type LoginStore } from "./login-store.ts";

/** Options of this entry's {@link pylon}, beside those of every provider. */
export interface PylonNodeOptions extends PylonOptions {
  /** A saved login by its name, or `true` for the one without. It is looked at after the environment variables. */
  readonly login?: string | true | undefined;
  /** Where the login is kept. Default: the keychain. */
  readonly store?: LoginStore | undefined;
}

/**
 * The main entry's `pylon`, which can use a saved login too. A login works in its own region: for another one its token is
 * not sent, and the error says which region to pass.
 */
export const pylon: Provider<PylonNodeOptions, PylonIdentity> = defineProvider<
  PylonNodeOptions,
  PylonIdentity
>({
  ...definition,
  setup(options: PylonNodeOptions & { readonly baseUrl?: string }, context) {
    const { login, store, ...others } = options;
    const setup = definition.setup(others, context);
    if (login === undefined) return setup;
    const region = readRegion(options.region, context.env, options.baseUrl);
    return { ...setup, sources: [...setup.sources, fromLogin(login, store, region)] };
  },
});

function fromLogin(login: string | true, store: LoginStore | undefined, region: PylonRegion): TokenSource {
  const slot = loginSlot({ name: login === true ? undefined : login, store });
  return {
    name: slot.label,
    async resolve({ signal }) {
      const kept = await slot.read(signal);
      if (kept === undefined) return unavailable(`there is no ${slot.label}`, "Save one with login().");
      if (kept.region !== region) {
        throw broken(
          `it is of the region ${kept.region}, and the region ${region} was asked for`,
          `Pass region: "${kept.region}" or set PYLON_REGION=${kept.region}.`,
        );
      }
      return found(kept.token);
    },
  };
}
