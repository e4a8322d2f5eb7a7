import type { TokenSource } from "@auth/core";
import { fromKeychain, openLogin } from "@auth/core/node";

export { openLogin };

/** Where ZCLI keeps its login for an account. */
export function zcliKeychain(subdomain: string): TokenSource {
  return fromKeychain("zcli", subdomain);
}
