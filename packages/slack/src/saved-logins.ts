import { readAccount, type SavedAccount, type SavedLogins, savedLogins } from "@auth/core/logins";
import { ownText } from "@auth/core";

import type { SlackHost } from "./host.ts";

/** What is known of a saved login, without its token. */
export interface SavedLogin {
  readonly name: string;
  readonly host: SlackHost;
  /** Whose token it is, as `verify` named it. */
  readonly account: SavedAccount;
}

/** What is kept of a login beside its token, under its name. */
export type LoginFacts = Omit<SavedLogin, "name">;

/** The logins of Slack on this machine. What touches it is loaded when the first one is asked for. */
export const logins: SavedLogins<LoginFacts> = /* @__PURE__ */ savedLogins({
  provider: "slack",
  read(kept) {
    const account = readAccount(kept);
    const host = ownText(kept, "host");
    const isHost = host === "slack.com" || host === "slack-gov.com";
    return account !== undefined && isHost ? { account, host } : undefined;
  },
  load: () => import("#logins"),
});
