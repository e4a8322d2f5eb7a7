import type { AuthOptions } from "@auth/core";

import { type ConfigLayer, type ConfigPlace, decide } from "./config-layer.ts";
import { readSecurityContext } from "./security-context.ts";
import { sourceName } from "./token-sources.ts";

/** Where the token is expected to come from, as far as the setup can see without asking anybody. */
export interface ExpectedToken {
  readonly name: string;
  /** Absent for the option `token`. */
  readonly place?: ConfigPlace;
}

/** Whether the program brings a token. Blank counts as not given. */
export function isGiven(option: AuthOptions["token"]): boolean {
  return typeof option === "string" ? option.trim() !== "" : option !== undefined;
}

/** `undefined` where no place has a token that can be used. */
export function expectedToken(
  option: AuthOptions["token"],
  layers: readonly ConfigLayer[],
): ExpectedToken | undefined {
  // Whatever else somebody passed for a token is for core to refuse.
  if (isGiven(option))
    return { name: (typeof option === "object" ? option?.name : undefined) ?? "option token" };

  const decision = decide(layers, "DX_SECURITY_CONTEXT");
  if (decision?.value.state !== "set" || readSecurityContext(decision.value.text).state !== "token")
    return undefined;
  return { name: sourceName(decision.layer), place: decision.layer.place };
}
