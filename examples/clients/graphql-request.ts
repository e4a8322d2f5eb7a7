// graphql-request takes a fetch. Its `headers` function is called synchronously: it cannot wait for a token.
import type { Auth } from "@auth/pylon";
import { ClientError, GraphQLClient } from "graphql-request";

// #region copy
function graphqlWith(auth: Auth, url: string): GraphQLClient {
  return new GraphQLClient(url, { fetch: auth.fetch });
}
// #endregion

export async function send(auth: Auth, url: string, _body?: string): Promise<number> {
  try {
    await graphqlWith(auth, url).request("{ ok }");
    return 200;
  } catch (error) {
    if (error instanceof ClientError) return error.response.status;
    throw error;
  }
}
