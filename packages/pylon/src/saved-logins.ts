import { ownField, ownText } from "@auth/core";
import { type SavedLogins, savedLogins } from "@auth/core/logins";

import type { PylonRegion } from "./region.ts";

/** What is known of a saved login, without its token. */
export interface SavedLogin {
  readonly name: string;
  readonly region: PylonRegion;
  readonly organization: { readonly id: string; readonly name?: string };
}

/** What is kept of a login beside its token, under its name. */
export type LoginFacts = Omit<SavedLogin, "name">;

/** The logins of Pylon on this machine. What touches it is loaded when the first one is asked for. */
export const logins: SavedLogins<LoginFacts> = /* @__PURE__ */ savedLogins({
  provider: "pylon",
  read: readFacts,
  load: () => import("#logins"),
});

function readFacts(kept: unknown): LoginFacts | undefined {
  const region = ownText(kept, "region");
  const organization = ownField(kept, "organization");
  const id = ownText(organization, "id");
  if (id === undefined || (region !== "us" && region !== "eu")) return undefined;
  const name = ownText(organization, "name");
  return { region, organization: { id, ...(name !== undefined && { name }) } };
}
