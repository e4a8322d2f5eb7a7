// Loaded before a document's program: sends what goes to a real origin to its place on loopback, by `fetch` and by undici's
// `Agent`. Nothing but loopback can be reached.
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";

import { loopbackFetch, onLoopback } from "../../packages/testing/src/loopback-fetch.ts";

interface Dispatcher {
  dispatch(this: Dispatcher, options: { readonly origin: string | URL }, handler: unknown): boolean;
}

const addresses = JSON.parse(process.env["DOCUMENTED_ADDRESSES"] ?? "{}") as Record<string, string>;

globalThis.fetch = loopbackFetch(addresses);

// Only for programs that use it, since loading it takes as long as the rest together.
if (process.env["DOCUMENTED_UNDICI"] === "1") {
  const { Agent } = createRequire(path.join(process.cwd(), "package.json"))("undici") as {
    Agent: { prototype: Dispatcher };
  };
  const { dispatch } = Agent.prototype;
  Agent.prototype.dispatch = function (options, handler) {
    const origin = onLoopback(new URL(options.origin).origin, addresses);
    return dispatch.call(this, { ...options, origin }, handler);
  };
}
