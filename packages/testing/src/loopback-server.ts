import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** A request as the server received it. */
export interface LoopbackRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  /** The path alone. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What the server sends back. */
export interface LoopbackAnswer {
  /** Default: 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** A text as it is; anything else as JSON, with `content-type: application/json` unless the headers have one. */
  readonly body?: unknown;
  /** Milliseconds to wait before the first byte. */
  readonly delayMs?: number;
  /** The connection ends without an answer. */
  readonly drop?: boolean;
  /** The connection ends in the middle of the body, after this many bytes of it. */
  readonly truncateAt?: number;
}

/** A server that runs until it is closed. */
export interface LoopbackServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** Every request so far, headers included, the oldest first. */
  readonly requests: readonly LoopbackRequest[];
  /** Ends all connections and frees the port. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Where and how a loopback server listens. */
export interface LoopbackServerOptions {
  /** Address of the loopback interface to listen on. Default: `127.0.0.1`. */
  readonly host?: string;
  /** Makes it an https server. Both in PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** A real HTTP server on a free port of the loopback interface. An answer function that throws gives status 500. */
export async function startLoopbackServer(
  answer: (request: LoopbackRequest) => LoopbackAnswer | Promise<LoopbackAnswer>,
  { host = "127.0.0.1", tls }: LoopbackServerOptions = {},
): Promise<LoopbackServer> {
  const requests: LoopbackRequest[] = [];
  const handle = (message: IncomingMessage, response: ServerResponse): void => {
    respond(message, response, requests, answer).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(`The loopback server failed: ${String(error)}`);
    });
  };
  const server = tls === undefined ? createServer(handle) : createTlsServer({ ...tls }, handle);
  server.listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `${tls === undefined ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${port}`,
    requests,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function respond(
  message: IncomingMessage,
  response: ServerResponse,
  requests: LoopbackRequest[],
  answer: (request: LoopbackRequest) => LoopbackAnswer | Promise<LoopbackAnswer>,
): Promise<void> {
  const { method = "GET", url = "/", headers } = message;
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const request = {
    method,
    url,
    path: url.split("?")[0] ?? url,
    headers,
    body: Buffer.concat(chunks).toString("utf8"),
  };
  requests.push(request);

  const { status = 200, headers: given = {}, body, delayMs, drop, truncateAt } = await answer(request);
  if (delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, delayMs));
  if (drop === true) {
    message.socket.destroy();
    return;
  }
  const isText = typeof body === "string";
  const text = Buffer.from(isText ? body : body === undefined ? "" : JSON.stringify(body));
  const lower = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name.toLowerCase(),
      typeof value === "string" ? value : [...value],
    ]),
  );
  if (body !== undefined && !isText) lower["content-type"] ??= "application/json";
  lower["content-length"] ??= String(text.length);
  response.writeHead(status, lower);
  if (truncateAt === undefined) {
    response.end(method === "HEAD" ? undefined : text);
  } else {
    response.write(text.subarray(0, truncateAt), () => message.socket.destroy());
  }
}
