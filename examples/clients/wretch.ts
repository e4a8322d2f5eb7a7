// wretch takes a fetch, by the name of polyfill.
import type { Auth } from "@auth/pylon";
import wretch, { type Wretch } from "wretch";

// #region copy
function wretchWith(auth: Auth): Wretch {
  return wretch(auth.baseUrl).fetchPolyfill(auth.fetch);
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const request = wretchWith(auth).url(url, true);
  const answer = body === undefined ? request.get() : request.post(body);
  return answer
    .res((response) => response.status)
    .catch((error: unknown) => (error as { status: number }).status);
}
