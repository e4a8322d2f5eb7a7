import type { CachedToken, TokenHolder } from "./authorizer.ts";
import { isAddressOf, parseUrl } from "./origins.ts";

/** A token that is on requests which are not answered yet. */
export interface SentToken {
  readonly holder: TokenHolder;
  readonly cached: CachedToken;
  /** How many requests carry it. */
  requests: number;
  /** How many connections to other addresses it was taken off. */
  takenOff: number;
}

/** What undici tells of a request as it is made, with the address of the connection that will send it. */
interface MadeRequest {
  readonly origin: unknown;
  readonly path: unknown;
  readonly host: unknown;
  readonly servername: unknown;
  readonly headers: unknown;
}

/** The last request that undici made. */
export interface LastMade {
  /** Grows with each. */
  count: number;
  origin: unknown;
  /** Whether a token was taken off. */
  bare: boolean;
}

interface Registry {
  add(token: SentToken): void;
  remove(token: SentToken): void;
  readonly last: LastMade;
}

// One for all copies of this module, since the tokens of two providers may be equal and their origins differ.
const registered = Symbol.for("auth-providers.sent-tokens.1");

/**
 * Whatever a request says of its origin, it goes where its connection goes: a Client or a Pool has one address, however it is
 * wrapped, and undici 7 takes any header along on a redirect. undici tells of each request as it is made, with that address.
 * There a token is taken off that is on its way and must not go there.
 */
export function holdSent(token: SentToken): void {
  if (token.requests++ === 0) registry().add(token);
}

/** Ends what {@link holdSent} began. */
export function releaseSent(token: SentToken): void {
  if (--token.requests === 0) registry().remove(token);
}

export function lastMade(): LastMade {
  return registry().last;
}

export function sentToken(holder: TokenHolder, cached: CachedToken): SentToken {
  return { holder, cached, requests: 0, takenOff: 0 };
}

/** undici 8 keeps its dispatcher by the second name, and a form of it for older ones by the first. */
const globalDispatchers = [
  Symbol.for("undici.globalDispatcher.1"),
  Symbol.for("undici.globalDispatcher.2"),
] as const;
const seen: unknown[] = [];
let bound = false;

/** Whether somebody made a dispatcher the global one that may send elsewhere than a request says. */
export function isBoundGlobally(): boolean {
  const { [globalDispatchers[0]]: older, [globalDispatchers[1]]: newer } = globalThis as Record<
    symbol,
    unknown
  >;
  if (older !== seen[0] || newer !== seen[1]) {
    seen[0] = older;
    seen[1] = newer;
    bound = isBound(older) || isBound(newer);
  }
  return bound;
}

/** undici's own that send where a request says, with or without a proxy. */
const plain: ReadonlySet<unknown> = new Set([
  "Agent",
  "EnvHttpProxyAgent",
  "ProxyAgent",
  "Dispatcher1Wrapper",
]);

/** Of all others nobody knows: of a Client, of a class of one's own, of what has interceptors or makes its own clients. */
function isBound(dispatcher: unknown): boolean {
  if (typeof dispatcher !== "object" || dispatcher === null) return false;
  const { dispatch } = dispatcher as { readonly dispatch?: unknown };
  const kind = (Object.getPrototypeOf(dispatcher) ?? {}) as {
    constructor?: { name?: unknown };
    dispatch?: unknown;
  };
  if (!plain.has(kind.constructor?.name) || dispatch !== kind.dispatch) return true;
  const inside = (name: string): unknown => {
    const symbol = Object.getOwnPropertySymbols(dispatcher).find(({ description }) => description === name);
    return symbol && Reflect.get(dispatcher, symbol);
  };
  const factory = inside("factory");
  return inside("url") !== undefined || (typeof factory === "function" && factory.name !== "defaultFactory");
}

let known: Registry | undefined;

function registry(): Registry {
  if (known !== undefined) return known;
  const shared = globalThis as { [registered]?: Registry };
  if (shared[registered] === undefined) {
    // Not to be seen where somebody prints the global object.
    Object.defineProperty(shared, registered, { value: createRegistry() });
  }
  return (known = shared[registered] as Registry);
}

type Diagnostics =
  | { subscribe(name: string, listener: (message: { request: MadeRequest }) => void): void }
  | undefined;

function createRegistry(): Registry {
  const tokens: SentToken[] = [];
  const last: LastMade = { count: 0, origin: undefined, bare: false };
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => Diagnostics } };
  process
    ?.getBuiltinModule?.("node:diagnostics_channel")
    ?.subscribe("undici:request:create", ({ request }) => {
      last.count++;
      last.origin = request.origin;
      last.bare = tokens.length > 0 && takeOff(request, tokens);
    });
  return {
    last,
    add: (token) => void tokens.push(token),
    remove(token) {
      const index = tokens.indexOf(token);
      const end = tokens.pop();
      if (end !== undefined && end !== token) tokens[index] = end;
    },
  };
}

/** Takes those tokens off a request that must not go to its address. */
function takeOff(request: MadeRequest, tokens: readonly SentToken[]): boolean {
  const { headers, origin } = request;
  if (!Array.isArray(headers)) return false;
  // Nearly always each of them may go there, and no header need be looked at.
  if (tokens.every(({ holder }) => (holder.origins as readonly unknown[]).includes(origin))) return false;
  let taken = false;
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    // An interceptor in between may have made a list of it.
    const values: readonly unknown[] = [headers[index + 1]].flat();
    const carried = tokens.filter(
      ({ cached }) => values.includes(cached.value) && String(headers[index]).toLowerCase() === cached.header,
    );
    if (carried.length === 0 || carried.some(({ holder }) => mayGo(request, holder.origins))) continue;
    headers.splice(index, 2);
    taken = true;
    for (const token of carried) {
      token.takenOff++;
      token.holder.withheld(String(request.origin), "foreign origin");
    }
  }
  return taken;
}

function mayGo({ origin, path, host, servername }: MadeRequest, origins: readonly string[]): boolean {
  if (typeof origin !== "string") return false;
  if (origins.includes(origin)) return true;
  const address = parseUrl(origin);
  if (address === undefined) return false;
  // Without a tunnel, a proxy is told the whole URL. That is for plain http, which the proxy could read anyway.
  const asked = typeof path === "string" && path.startsWith("http:") ? parseUrl(path) : undefined;
  if (asked !== undefined && origins.includes(asked.origin)) return true;
  // undici's own DNS interceptor connects to an address, and names the host. With TLS the certificate has to be the host's.
  const name = address.protocol === "https:" ? withPort(servername, address) : host;
  return isAddressOf(address, name, origins);
}

function withPort(servername: unknown, { port }: URL): unknown {
  return typeof servername === "string" && port !== "" ? `${servername}:${port}` : servername;
}
