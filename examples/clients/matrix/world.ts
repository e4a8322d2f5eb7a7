// The servers of the matrix: the service of the auth, another port of its host, and another host. They write down what they
// hear: their record is the judge, not what a client says of itself.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

import { WebSocketServer } from "ws";

export const hops = ["none", "same origin", "other port", "other host", "there and back"] as const;
export type Hop = (typeof hops)[number];

export const statuses = ["200", "401", "403", "429"] as const;
export type Status = (typeof statuses)[number];

/** The header that carries the token. */
export const headerNames = ["authorization", "x-api-key"] as const;
export type HeaderName = (typeof headerNames)[number];

/** The first token, and the one that takes its place after a 401. */
export const tokens = ["first-token-of-the-matrix", "second-token-of-the-matrix"] as const;

export interface Heard {
  readonly server: "service" | "port" | "host";
  readonly path: string;
  /** Which of the tokens came along, wherever in the request. */
  readonly token: string | undefined;
  readonly body: string;
}

export interface World {
  /** The origin of the auth. */
  readonly origin: string;
  /** Where a client is sent first for a cell. */
  readonly url: (hop: Hop, status: Status, client: string) => string;
  /** Everything that was heard since the last call. */
  readonly take: () => Heard[];
  readonly close: () => Promise<void>;
}

export async function startWorld(): Promise<World> {
  let heard: Heard[] = [];
  const sockets = new WebSocketServer({ noServer: true });
  const [service, port, host] = await Promise.all([
    listen("service", "127.0.0.1"),
    listen("port", "127.0.0.1"),
    listen("host", "127.0.0.1"),
  ]);
  const origins = {
    service: `http://127.0.0.1:${portOf(service)}`,
    port: `http://127.0.0.1:${portOf(port)}`,
    // The same machine by another name: another host to every client.
    host: `http://localhost:${portOf(host)}`,
  };

  async function listen(name: Heard["server"], address: string): Promise<Server> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => answer(name, request, Buffer.concat(chunks).toString(), response));
    });
    server.on("upgrade", (request, socket, head) => upgrade(name, request, socket, head));
    await new Promise<void>((resolve) => server.listen(0, address, resolve));
    return server;
  }

  function record(server: Heard["server"], { url = "", rawHeaders }: IncomingMessage, body: string): Heard {
    const all = [url, ...rawHeaders, body].join("\n");
    const one = { server, path: url, token: tokens.find((token) => all.includes(token)), body };
    heard.push(one);
    return one;
  }

  /** `/hop/status/client/…`; a redirect leads to `/end/status/client/…`, and one that comes back to `/back/…` first. */
  function locationOf({ path, server }: Heard): string | undefined {
    const [, hop = "", ...rest] = path.split("/");
    const end = `/end/${rest.join("/")}`;
    if (hop === "back") return `${origins.service}${end}`;
    if (server !== "service") return undefined;
    switch (decodeURIComponent(hop) as Hop) {
      case "same origin":
        return `${origins.service}${end}`;
      case "other port":
        return `${origins.port}${end}`;
      case "other host":
        return `${origins.host}${end}`;
      case "there and back":
        return `${origins.port}/back/${rest.join("/")}`;
      default:
        return undefined;
    }
  }

  function statusOf({ path, token, server }: Heard): number {
    const [, , status] = path.split("/");
    if (server !== "service" || status === "200") return 200;
    if (status === "401") return token === tokens[1] ? 200 : 401;
    return Number(status);
  }

  function answer(
    name: Heard["server"],
    request: IncomingMessage,
    body: string,
    response: ServerResponse,
  ): void {
    const one = record(name, request, body);
    const location = locationOf(one);
    if (location !== undefined) {
      // 307 asks to send the body again: that a client does so is what the row of the body is about.
      response.writeHead(request.method === "GET" ? 302 : 307, { location }).end();
      return;
    }
    const status = statusOf(one);
    if (status !== 200) {
      const code = { 401: "unauthenticated", 403: "permission_denied", 429: "resource_exhausted" }[status];
      const text = JSON.stringify({ code, message: "no", error: { message: "no", code: -32_603, data: {} } });
      response.writeHead(status, { "content-type": "application/json" }).end(text);
      return;
    }
    const [, , , client = ""] = one.path.split("/");
    const { type = "application/json", text, code = 200 } = wellAnswered(client, request, body);
    response.writeHead(code, text === "" ? {} : { "content-type": type }).end(text);
  }

  function upgrade(name: Heard["server"], request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const one = record(name, request, "");
    const location = locationOf(one);
    const status = statusOf(one);
    if (location !== undefined || status !== 200) {
      const lines =
        location === undefined ? [`HTTP/1.1 ${status} No`] : ["HTTP/1.1 302 Found", `location: ${location}`];
      socket.end(`${lines.join("\r\n")}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => opened.close());
  }

  return {
    origin: origins.service,
    url: (hop, status, client) => `${origins.service}/${encodeURIComponent(hop)}/${status}/${client}`,
    take() {
      const taken = heard;
      heard = [];
      return taken;
    },
    async close() {
      for (const server of [service, port, host]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** What a client of some protocol takes for a good answer. */
function wellAnswered(
  client: string,
  request: IncomingMessage,
  body: string,
): { readonly type?: string; readonly text: string; readonly code?: number } {
  switch (client) {
    case "graphql-request":
    case "urql":
    case "apollo":
      return { text: '{"data":{"ok":true}}' };
    case "trpc":
      return { text: '{"result":{"data":{}}}' };
    case "eventsource":
      return { type: "text/event-stream", text: ": open\n\n" };
    case "connect":
      return { text: "{}" };
    case "fern":
      return { text: '{"models":[]}' };
    case "speakeasy":
      return { text: '{"object":"list","data":[]}' };
    case "ai-sdk":
      return {
        text: '{"id":"c-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Hello"}}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}',
      };
    case "mcp":
    case "ai-sdk-mcp":
      return mcpAnswer(request, body);
    default:
      return { text: '{"ok":true}' };
  }
}

function mcpAnswer(
  request: IncomingMessage,
  body: string,
): { readonly text: string; readonly code?: number } {
  if (request.method !== "POST") return { text: "", code: 405 };
  const message = JSON.parse(body === "" ? "{}" : body) as {
    readonly id?: number;
    readonly method?: string;
    readonly params?: { readonly protocolVersion?: string };
  };
  if (message.id === undefined) return { text: "", code: 202 };
  if (message.method !== "initialize")
    return {
      text: JSON.stringify({
        jsonrpc: "2.0",
        id: message.id,
        error: { code: -32_601, message: "no such method" },
      }),
    };
  return {
    text: JSON.stringify({
      jsonrpc: "2.0",
      id: message.id,
      result: {
        protocolVersion: message.params?.protocolVersion,
        capabilities: {},
        serverInfo: { name: "things", version: "1.0.0" },
      },
    }),
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
