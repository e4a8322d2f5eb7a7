// Loaded before a document's program: sends what goes to a real origin to its place on loopback, by `fetch` and by undici's
// `Agent`. Nothing but loopback can be reached.
import { request } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";

import { loopbackFetch, onLoopback } from "../../packages/testing/src/loopback-fetch.ts";

interface Options {
  readonly origin: string | URL;
  readonly path: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>> | readonly string[];
  readonly body?: string | Uint8Array | null;
}

type Told = (controller: object, ...facts: unknown[]) => void;

interface Dispatcher {
  dispatch(this: Dispatcher, options: Options, handler: Readonly<Record<string, Told | undefined>>): boolean;
}

const addresses = JSON.parse(process.env["DOCUMENTED_ADDRESSES"] ?? "{}") as Record<string, string>;

globalThis.fetch = loopbackFetch(addresses);

// Only for programs that use it, since loading it takes as long as the rest together.
if (process.env["DOCUMENTED_UNDICI"] === "1") {
  const { Agent } = createRequire(path.join(process.cwd(), "package.json"))("undici") as {
    Agent: { prototype: Dispatcher };
  };
  // Not over undici's own connections: a token does not go along where one of those leads elsewhere.
  Agent.prototype.dispatch = ({ origin, path: target, method, headers, body }, handler) => {
    const url = `${onLoopback(new URL(origin).origin, addresses)}${target}`;
    const sent = request(url, { method, headers: headers }, (response) => {
      handler["onResponseStart"]?.(controller, response.statusCode, response.headers, response.statusMessage);
      response.on("data", (chunk) => handler["onResponseData"]?.(controller, chunk));
      response.on("end", () => handler["onResponseEnd"]?.(controller, {}));
    });
    const controller = {
      aborted: false,
      paused: false,
      reason: null,
      abort: (reason: Error) => sent.destroy(reason),
      pause: () => undefined,
      resume: () => undefined,
    };
    handler["onRequestStart"]?.(controller, null);
    sent.on("error", (error) => handler["onResponseError"]?.(controller, error));
    sent.end(body ?? undefined);
    return true;
  };
}
