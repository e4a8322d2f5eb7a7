import { broken, found, type SourceResult, unavailable } from "@auth/core";
import { secretFilePath } from "@auth/core/node";

import type { LoginPlace, Logins, LoginSlot } from "../login-slot.ts";
import type { PylonRegion } from "../region.ts";
import { fileSlot } from "./file-slot.ts";
import { keychainSlot } from "./keychain-slot.ts";

export const logins: Logins | undefined = { openSlot, findToken };
/** For `no-logins.ts` to say. */
export const absence: Parameters<typeof broken> = ["", ""];

function openSlot({ name = "default", store = "keychain" }: LoginPlace): LoginSlot {
  if (typeof name !== "string" || !/^[^\s\p{C}](?:[^\p{C}]{0,98}[^\s\p{C}])?$/u.test(name))
    throw broken("the name of a login is not 1 to 100 visible characters", 'Pass a name such as "acme".');
  if (store === "keychain") return keychainSlot(name);
  const file: unknown = typeof store === "object" && store !== null ? store.file : undefined;
  if (typeof file === "string" && file !== "") return fileSlot(secretFilePath(file, "store.file"), name);
  throw broken(
    'the store is neither "keychain" nor a file',
    'Pass store: "keychain" or store: { file: path }.',
  );
}

async function findToken(place: LoginPlace, region: PylonRegion, signal: AbortSignal): Promise<SourceResult> {
  const slot = openSlot(place);
  const kept = await slot.read(signal);
  if (kept === undefined) return unavailable(`there is no ${slot.label}`, logInWith(slot.name, place.store));
  if (kept.region === region) return found(kept.token);
  throw broken(
    `the ${slot.label} is of the region ${kept.region}, and the region ${region} was asked for`,
    `Pass region: "${kept.region}" or set PYLON_REGION=${kept.region}.`,
  );
}

/** What makes the login that is missing. */
function logInWith(name: string, store: LoginPlace["store"]): string {
  const named = name === "default" ? "" : `, name: ${JSON.stringify(name)}`;
  const kept = typeof store === "object" ? ", store" : "";
  return `Log in with login({ token${named}${kept} }).`;
}
