import { ownText } from "@auth/core";
import { readAccount, type SavedAccount, type SavedLogins, savedLogins } from "@auth/core/logins";

/** What is known of a saved login, without its token. */
export interface SavedLogin {
  readonly name: string;
  /** The account of Zendesk that it is for. */
  readonly subdomain: string;
  /** The user whose token it is. */
  readonly account: SavedAccount;
}

/** What is kept of a login beside its token, under its name. */
export type LoginFacts = Omit<SavedLogin, "name">;

/** The logins of Zendesk on this machine. What touches it is loaded when the first one is asked for. */
export const logins: SavedLogins<LoginFacts> = /* @__PURE__ */ savedLogins({
  provider: "zendesk",
  read: readFacts,
  load: () => import("#machine"),
});

function readFacts(kept: unknown): LoginFacts | undefined {
  const subdomain = ownText(kept, "subdomain");
  const account = readAccount(kept);
  return subdomain === undefined || account === undefined ? undefined : { subdomain, account };
}
