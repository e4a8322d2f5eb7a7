// Octokit takes a fetch, as an option of each request.
import type { Auth } from "@auth/pylon";
import { request } from "@octokit/request";

// #region copy
function octokitWith(auth: Auth): typeof request {
  return request.defaults({ baseUrl: auth.baseUrl, request: { fetch: auth.fetch } });
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const method = body === undefined ? "GET" : "POST";
  try {
    return (await octokitWith(auth)({ method, url, ...(body !== undefined && { data: body }) })).status;
  } catch (error) {
    const { status } = error as { status?: number };
    if (status === undefined) throw error;
    return status;
  }
}
