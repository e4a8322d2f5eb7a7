import {
  basic,
  failed,
  defineProvider,
  type Environment,
  fromEnv,
  type Provider,
  variable,
} from "@auth/core";

import { classify } from "./classify.ts";
import { identify, type LedgerlineIdentity } from "./ledgerline-identity.ts";

/** Options of {@link ledgerline}, beside those of every provider. */
export interface LedgerlineOptions {
  /** The account's name, as in its address. Default: `LEDGERLINE_ACCOUNT`. */
  readonly account?: string | undefined;
  /** The user's e-mail address. Default: `LEDGERLINE_USER`. */
  readonly user?: string | undefined;
}

/**
 * Ledgerline (bookkeeping): sends a user's application password to the address of one account, and nowhere else. The
 * password is the option `token`, else `LEDGERLINE_PASSWORD`. Calling this reads nothing; the first use does.
 *
 * The first use throws an `AuthError` with code `AUTH_PROVIDER_INVALID` when the account or the user is not given.
 */
export const ledgerline: Provider<LedgerlineOptions, LedgerlineIdentity> = defineProvider({
  specVersion: 1,
  id: "ledgerline",
  name: "Ledgerline",
  setup(options: LedgerlineOptions, { env }) {
    const account = readAccount(given("account", options.account, "LEDGERLINE_ACCOUNT", env));
    const user = given("user", options.user, "LEDGERLINE_USER", env);
    const tokenUrl = `https://${account}.ledgerline.example/profile/passwords`;
    return {
      baseUrl: `https://${account}.ledgerline.example/api/v2/`,
      tokenUrl,
      sources: [fromEnv("LEDGERLINE_PASSWORD")],
      inject: basic(user),
      // Without a slash in front, it stays below the path of baseUrl.
      verify: { path: "users/current", identify },
      classify: (answer) => classify(answer, tokenUrl),
    };
  },
});

function given(option: string, value: string | undefined, name: string, env: Environment): string {
  const text = (value ?? variable(env, name) ?? "").trim();
  if (text === "") throw failed(`its ${option} is not known`, `Set ${name}, or pass the option ${option}.`);
  return text;
}

/** It becomes a part of the address: with a dot or a slash in it, the password would go to somebody else. */
function readAccount(account: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(account)) return account;
  throw failed("its account is not lower-case letters, digits and hyphens", "Give it as in the address bar.");
}
