// Loaded before a document's program: sends what goes to a real origin to its place on loopback, by `fetch` and by undici's
// `Agent`. Nothing but loopback can be reached.
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";

interface Dispatcher {
  dispatch(this: Dispatcher, options: { readonly origin: string | URL }, handler: unknown): boolean;
}

const addresses = JSON.parse(process.env["DOCUMENTED_ADDRESSES"] ?? "{}") as Record<string, string>;

function onLoopback(origin: string): string {
  const { hostname } = new URL(origin);
  const address = hostname === "127.0.0.1" ? origin : addresses[origin];
  if (address === undefined)
    throw new TypeError(`A document's program asks for ${origin}, which is not on loopback.`);
  return address;
}

const platform = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  const there = `${onLoopback(url.origin)}${url.pathname}${url.search}`;
  return platform(input instanceof Request ? new Request(there, input) : there, init);
};

// Only for programs that use it, since loading it takes as long as the rest together.
if (process.env["DOCUMENTED_UNDICI"] === "1") {
  const { Agent } = createRequire(path.join(process.cwd(), "package.json"))("undici") as {
    Agent: { prototype: Dispatcher };
  };
  const { dispatch } = Agent.prototype;
  Agent.prototype.dispatch = function (options, handler) {
    const origin = onLoopback(new URL(options.origin).origin);
    return dispatch.call(this, { ...options, origin }, handler);
  };
}
