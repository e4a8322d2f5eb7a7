// hey-api's generated clients take a fetch. Their `auth` function gives a token, and where it goes is theirs.
import type { Auth } from "@auth/pylon";

import { client } from "./generated/hey-api/client.gen.ts";
import { getThing, postThing } from "./generated/hey-api/sdk.gen.ts";

// #region copy
function connect(auth: Auth, baseUrl: string): void {
  client.setConfig({ baseUrl, fetch: auth.fetch });
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  connect(auth, url);
  const { response } = await (body === undefined ? getThing() : postThing({ body: { body } }));
  return response?.status ?? 0;
}
