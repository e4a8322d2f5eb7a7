import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that is no service of ours, and what it was sent. */
export interface Foreign {
  readonly url: string;
  /** The headers of the request for a path; `undefined` where there was none. */
  readonly headersOf: (path: string) => IncomingHttpHeaders | undefined;
}

/** A server on loopback that belongs to nobody's provider, and remembers what it was sent. */
export async function startForeign(): Promise<Foreign & AsyncDisposable> {
  const seen = new Map<string, IncomingHttpHeaders>();
  const server = createServer((request, response) => {
    seen.set(request.url ?? "/", request.headers);
    response.end("hello");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    headersOf: (path) => seen.get(path),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
