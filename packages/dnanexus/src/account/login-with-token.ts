import { ownProperties } from "@auth/core";

import type { Machine } from "../config/config-places.ts";
import { invalid } from "./account.ts";
import { keepLogin, type KeepOptions, type Login } from "./keep-login.ts";

/** The login with a token as it is on a machine. */
export function loginWithTokenOn(machine: Machine): (token: string, options?: KeepOptions) => Promise<Login> {
  return async (given, givenOptions) => {
    const options = ownProperties(givenOptions);
    if (typeof given !== "string" || given.trim() === "")
      throw invalid("the token is missing or blank", "Pass a token from https://platform.dnanexus.com/");
    const token = given.trim();
    if (token === "PUBLIC")
      throw invalid("PUBLIC means logged out, and is not a token", "Use logout, or pass a token.");
    return keepLogin(options, machine, () => ({
      token,
      type: "Bearer",
      source: "the argument of loginWithToken",
      blank: "",
    }));
  };
}
