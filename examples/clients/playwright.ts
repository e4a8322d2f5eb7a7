// Playwright's API requests take headers. `extraHTTPHeaders` of a context goes to every origin, so each request has its own.
import type { Auth } from "@auth/pylon";
import { type APIRequestContext, type APIResponse, request } from "playwright-core";

// #region copy
async function fetchWith(
  auth: Auth,
  api: APIRequestContext,
  url: string,
  options = {},
): Promise<APIResponse> {
  return api.fetch(url, { ...options, headers: await auth.headers(url), maxRedirects: 0 });
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const api = await request.newContext();
  try {
    const options = body === undefined ? {} : { method: "POST", data: body };
    return (await fetchWith(auth, api, url, options)).status();
  } finally {
    await api.dispose();
  }
}
