// The MCP client of the AI SDK: its transport takes a fetch.
import type { Auth } from "@auth/pylon";
import { createMCPClient, type MCPClient } from "@ai-sdk/mcp";

// #region copy
function mcpWith(auth: Auth, url: string): Promise<MCPClient> {
  return createMCPClient({ transport: { type: "http", url, fetch: auth.fetch } });
}
// #endregion

export async function send(auth: Auth, url: string, _body?: string): Promise<number> {
  try {
    const client = await mcpWith(auth, url);
    await client.close();
    return 200;
  } catch (error) {
    const [, status] = /HTTP ([45]\d\d)/.exec(String(error)) ?? [];
    if (status === undefined) throw error;
    return Number(status);
  }
}
