// openapi-fetch takes a fetch, and gives it a Request.
import type { Auth } from "@auth/pylon";
import createClient, { type Client } from "openapi-fetch";

// #region copy
function openapiFetchWith<Paths extends object>(auth: Auth): Client<Paths> {
  return createClient<Paths>({ baseUrl: auth.baseUrl, fetch: auth.fetch });
}
// #endregion

interface Things {
  readonly [path: string]: { readonly get: { responses: object }; readonly post: { responses: object } };
}

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const client = openapiFetchWith<Things>(auth) as unknown as Record<"GET" | "POST", typeof call>;
  const path = url.slice(auth.baseUrl.length);
  const options = body === undefined ? {} : { body, bodySerializer: (text: string) => text };
  return (await client[body === undefined ? "GET" : "POST"](path, options)).response.status;
}

declare function call(path: string, options: object): Promise<{ readonly response: Response }>;
