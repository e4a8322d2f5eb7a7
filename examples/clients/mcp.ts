// The MCP SDK: its transport takes a fetch, which keeps every rule. With `authProvider` the token and where it goes are the transport's.
import type { Auth } from "@auth/pylon";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

// #region copy
async function mcpWith(auth: Auth, url: string): Promise<Client> {
  const client = new Client({ name: "my-host", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { fetch: auth.fetch }));
  return client;
}
// #endregion

export async function send(auth: Auth, url: string, _body?: string): Promise<number> {
  try {
    const client = await mcpWith(auth, url);
    await client.close();
    return 200;
  } catch (error) {
    return statusIn(error);
  }
}

function statusIn(error: unknown): number {
  const [, status] = /\b(?:HTTP|status:?)? ?\(?([45]\d\d)\b/i.exec(String(error)) ?? [];
  if (status === undefined) throw error;
  return Number(status);
}
