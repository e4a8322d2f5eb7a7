// The platform's fetch: an auth has one of its own.
import type { Auth } from "@auth/pylon";

// #region copy
function fetchWith(auth: Auth): typeof fetch {
  return auth.fetch;
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const init = body === undefined ? {} : { method: "POST", body };
  return (await fetchWith(auth)(url, init)).status;
}
