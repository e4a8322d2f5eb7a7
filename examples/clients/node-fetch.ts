// node-fetch is given to the auth, which then sends with it.
import type { Auth, AuthOptions } from "@auth/pylon";
import nodeFetch from "node-fetch";

// #region copy
/** For the provider: `pylon(options)`. */
export const options: AuthOptions = { fetch: nodeFetch as unknown as typeof fetch };
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const init = body === undefined ? {} : { method: "POST", body };
  return (await auth.fetch(url, init)).status;
}
