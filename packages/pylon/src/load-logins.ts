import { broken } from "@auth/core";

import type { Logins } from "./login-slot.ts";

/** What touches the machine is loaded when it is first asked for a login. Throws where there can be none. */
export async function loadLogins(): Promise<Logins> {
  const { logins, absence } = await import("#logins");
  if (logins !== undefined) return logins;
  throw broken(...absence);
}
