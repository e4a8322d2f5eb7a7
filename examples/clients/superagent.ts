// superagent takes headers, and until 10.4 took them along to other origins: so it follows no redirect.
import type { Auth } from "@auth/pylon";
import superagent, { type SuperAgentRequest } from "superagent";

// #region copy
async function superagentWith(
  auth: Auth,
  method: string,
  url: string,
): Promise<{ request: SuperAgentRequest }> {
  // In an object: a request that is awaited is sent.
  return {
    request: superagent(method, url)
      .set(await auth.headers(url))
      .redirects(0),
  };
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const { request } = await superagentWith(auth, body === undefined ? "GET" : "POST", url);
  return (await request.ok(() => true).send(body)).status;
}
