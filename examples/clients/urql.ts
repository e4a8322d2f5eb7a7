// urql takes a fetch. Its `fetchOptions` function is called synchronously: it cannot wait for a token.
import type { Auth } from "@auth/pylon";
import { Client, fetchExchange, gql } from "@urql/core";

// #region copy
function urqlWith(auth: Auth, url: string): Client {
  return new Client({ url, exchanges: [fetchExchange], fetch: auth.fetch, preferGetMethod: false });
}
// #endregion

export async function send(auth: Auth, url: string, _body?: string): Promise<number> {
  const { error } = await urqlWith(auth, url).query(gql("{ ok }"), {}).toPromise();
  if (error === undefined) return 200;
  const { status } = (error.response ?? {}) as { status?: number };
  if (status === undefined) throw error;
  return status;
}
