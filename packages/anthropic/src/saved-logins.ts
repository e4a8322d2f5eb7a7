import { readAccount, type SavedAccount, type SavedLogins, savedLogins } from "@auth/core/logins";

/** What is known of a saved login, without its token. */
export interface SavedLogin {
  readonly name: string;
  /** Whose token it is, as `verify` named it. */
  readonly account: SavedAccount;
}

/** What is kept of a login beside its token, under its name. */
export type LoginFacts = Omit<SavedLogin, "name">;

/** The logins of Anthropic on this machine. What touches it is loaded when the first one is asked for. */
export const logins: SavedLogins<LoginFacts> = /* @__PURE__ */ savedLogins({
  provider: "anthropic",
  read(kept) {
    const account = readAccount(kept);
    return account && { account };
  },
  load: () => import("#machine"),
});
