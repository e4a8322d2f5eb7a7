// connect-es: its transport takes a fetch.
import type { Auth } from "@auth/pylon";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";

import { thingService } from "./matrix/connect-service.ts";

// #region copy
function transportWith(auth: Auth, baseUrl: string): Transport {
  return createConnectTransport({ baseUrl, fetch: auth.fetch });
}
// #endregion

export async function send(auth: Auth, url: string, _body?: string): Promise<number> {
  try {
    await createClient(thingService, transportWith(auth, url)).get({});
    return 200;
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return (
      {
        [Code.Unauthenticated]: 401,
        [Code.PermissionDenied]: 403,
        [Code.ResourceExhausted]: 429,
        [Code.Unavailable]: 429,
      }[error.code as number] ?? 0
    );
  }
}
