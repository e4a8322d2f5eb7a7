// hono's client takes a fetch.
import type { Auth } from "@auth/pylon";
import type { Hono } from "hono";
import { hc } from "hono/client";

// #region copy
function honoWith<App extends Hono>(auth: Auth, url: string): ReturnType<typeof hc<App>> {
  return hc<App>(url, { fetch: auth.fetch });
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const client = honoWith<Hono>(auth, url) as Record<
    "$get" | "$post",
    (input: object, options: object) => Promise<Response>
  >;
  const options = body === undefined ? {} : { init: { body } };
  return (await client[body === undefined ? "$get" : "$post"]({}, options)).status;
}
