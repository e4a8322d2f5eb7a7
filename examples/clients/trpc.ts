// tRPC: its HTTP links take a fetch. `connectionParams` of its other links goes into the URL: never put a token there.
import type { Auth } from "@auth/pylon";
import {
  createTRPCClient,
  httpLink,
  type HTTPLinkOptions,
  type TRPCClient,
  TRPCClientError,
} from "@trpc/client";
import type { AnyTRPCRouter } from "@trpc/server";

// #region copy
function trpcWith<Router extends AnyTRPCRouter>(auth: Auth, url: string): TRPCClient<Router> {
  // Its types want a fetch with a smaller signature than the platform's.
  const options = { url, fetch: auth.fetch } as unknown as HTTPLinkOptions<
    Router["_def"]["_config"]["$types"]
  >;
  return createTRPCClient<Router>({ links: [httpLink(options)] });
}
// #endregion

export async function send(auth: Auth, url: string, _body?: string): Promise<number> {
  const client = trpcWith(auth, url) as unknown as { ok: { mutate(): Promise<unknown> } };
  try {
    await client.ok.mutate();
    return 200;
  } catch (error) {
    if (error instanceof TRPCClientError) {
      const { response } = (error.meta ?? {}) as { response?: Response };
      if (response !== undefined) return response.status;
    }
    throw error;
  }
}
