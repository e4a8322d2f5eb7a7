// The MCP SDK by its `authProvider`, where its `fetch` is somebody else's: the token is bound here to the origins of the auth, and a 401 asks the sources again. Where it goes from there is the transport's: the fetch of the row above keeps every rule.
import type { Auth } from "@auth/pylon";
import { type AuthProvider, Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

// #region copy
function authProviderWith(auth: Auth, url: string): AuthProvider {
  return {
    token: async () => {
      const isOurs = Object.keys(await auth.headers(url)).length > 0;
      return isOurs ? (await auth.token()).reveal() : undefined;
    },
    onUnauthorized: async () => auth.reject(),
  };
}
// #endregion

export async function send(auth: Auth, url: string): Promise<number> {
  const client = new Client({ name: "my-host", version: "1.0.0" });
  const authProvider = authProviderWith(auth, url);
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { authProvider }));
  await client.close();
  return 200;
}
