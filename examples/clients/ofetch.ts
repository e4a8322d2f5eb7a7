// ofetch takes a fetch.
import type { Auth } from "@auth/pylon";
import { type $Fetch, createFetch } from "ofetch";

// #region copy
function ofetchWith(auth: Auth): $Fetch {
  return createFetch({ fetch: auth.fetch, defaults: { baseURL: auth.baseUrl } });
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const options = body === undefined ? {} : { method: "POST", body };
  const response = await ofetchWith(auth).raw(url, { ...options, retry: false, ignoreResponseError: true });
  return response.status;
}
