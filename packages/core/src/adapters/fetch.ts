import type { Authorizer } from "../authorizer.ts";
import { type Destinations, isPath } from "../origin.ts";
import { readBody } from "../read-body.ts";
import { isWorkers } from "../runtime.ts";
import { withTimeLimit } from "../time-limit.ts";
import { isReadOnce } from "./body.ts";
import type { Arrival } from "./redirect.ts";

type Fetch = typeof globalThis.fetch;
type Input = Parameters<Fetch>[0];
type HeadersInit = NonNullable<RequestInit["headers"]>;

/** The largest 401 that is read to learn its meaning. Bytes. */
const longestRefusal = 65_536;
/** How long that may take, while the caller waits for the answer. Milliseconds. */
const longestReadingMs = 2_000;

/** What the adapter works with. */
export interface FetchTarget {
  readonly authorizer: Authorizer;
  readonly destinations: Destinations;
  readonly fetch: Fetch;
  /** Whether `fetch` is the platform's own, whose way with redirects is known. */
  readonly platform: boolean;
}

/**
 * A `fetch` that adds the header for the authorizer's origins and is otherwise the one it was given. Inputs may be
 * relative to the base URL. A 401 is answered by asking the sources again, and by one more try if they have another
 * token. The target is asked for at the first request, since nothing may be looked at before.
 */
export function createFetch(target: () => FetchTarget): Fetch {
  let plan: FetchPlan | undefined;
  return function authorizedFetch(input: Input, init?: RequestInit): Promise<Response> {
    try {
      plan ??= planFetch(target());
      return plan(input, init);
    } catch (error) {
      return Promise.reject(error);
    }
  };
}

type Target = string | Request;
/** Options that are this adapter's own, with the header in them. */
type SentInit = RequestInit & { readonly headers: HeadersInit };

/** A request that has been sent. */
interface SentRequest {
  readonly target: Target;
  readonly sent: SentInit;
  /** The header's value. */
  readonly value: string;
  /** Whether its redirects are followed here. */
  readonly follows: boolean;
}

type FetchPlan = (input: Input, init: RequestInit | undefined) => Promise<Response>;

function planFetch({ authorizer, destinations, fetch, platform }: FetchTarget): FetchPlan {
  const { header, origins } = authorizer;
  // The platform's redirects are safe where it is known to strip the header on the way to another origin, and right
  // where there is no other origin to which the header may go. Everywhere else each hop is decided here.
  const ownRedirects = !platform || header !== "authorization" || origins.length > 1 || isWorkers();

  function plan(input: Input, given: RequestInit | undefined): Promise<Response> {
    if (typeof input === "string") {
      if (input.startsWith(destinations.prefix)) return start(input, origins[0], given);
      if (isPath(input)) return start(destinations.base + input, destinations.base, given);
    }
    const target = fixed(input);
    return start(target, destinations.allowed(urlOf(target)), given);
  }

  function start(
    target: Target,
    origin: string | undefined,
    given: RequestInit | undefined,
  ): Promise<Response> {
    if (origin === undefined) {
      authorizer.withheld(urlOf(target), "foreign origin");
      return fetch(target, given);
    }
    const init = readable(given);
    const headers = init?.headers ?? requestOf(target)?.headers;
    if (headers !== undefined && carries(headers, header)) {
      authorizer.withheld(urlOf(target), "set by the caller");
      return fetch(target, init);
    }
    const value = authorizer.current();
    return value === undefined ? sendLoaded(target, init, origin) : send(target, init, origin, value);
  }

  /** What is judged is what is sent: an object that becomes a URL is asked for it once. */
  function fixed(input: Input): Target {
    return input instanceof Request ? input : destinations.resolve(String(input));
  }

  async function sendLoaded(
    target: Target,
    init: RequestInit | undefined,
    origin: string,
  ): Promise<Response> {
    // The caller may go on to use the same objects for the next request.
    const kept = init && { ...init, ...(init.headers && { headers: new Headers(init.headers) }) };
    return send(target, kept, origin, await authorizer.load(signalOf(target, init)));
  }

  /** What it allocates for a request that is answered as usual: the headers, the options, and the one promise. */
  function send(
    target: Target,
    init: RequestInit | undefined,
    origin: string,
    value: string,
  ): Promise<Response> {
    authorizer.attached(origin);
    const headers = withHeader(init?.headers ?? requestOf(target)?.headers, header, value);
    const follows = ownRedirects && redirectOf(target, init) === "follow";
    const sent = optionsOf(init, headers, follows);
    return fetch(target, sent).then((response) =>
      response.status === 401 || (follows && isRedirect(response))
        ? settle(response, { target, sent, value, follows })
        : response,
    );
  }

  /** What is left to do after an answer that is a 401 or a redirect. */
  async function settle(response: Response, request: SentRequest): Promise<Response> {
    const { target, sent, value } = request;
    const { arrived, carried } = await follow(response, request);
    // Where the last hop went without the token, its 401 says nothing about it.
    if (arrived.status !== 401 || !carried) return arrived;
    const next = await replacement(arrived, value, signalOf(target, sent));
    if (next === undefined || !isReplayable(target, sent)) return arrived;
    await arrived.body?.cancel().catch(() => undefined);
    authorizer.attached(destinations.allowed(urlOf(target)) ?? destinations.base);
    const headers = new Headers(sent.headers);
    headers.set(header, next);
    const again = { ...sent, headers };
    return (await follow(await fetch(target, again), { ...request, sent: again, value: next })).arrived;
  }

  async function follow(response: Response, { target, sent, value, follows }: SentRequest): Promise<Arrival> {
    if (!follows || !isRedirect(response)) {
      const carried = !response.redirected || destinations.allowed(response.url) !== undefined;
      return { arrived: response, carried };
    }
    const { followRedirects } = await import("./redirect.ts");
    const valueFor = (url: string): string | undefined => {
      const origin = destinations.allowed(url);
      if (origin === undefined) authorizer.withheld(url, "foreign origin");
      else authorizer.attached(origin);
      return origin === undefined ? undefined : value;
    };
    return followRedirects(response, { fetch, target, url: urlOf(target), sent, header, value: valueFor });
  }

  async function replacement(
    response: Response,
    value: string,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    try {
      if (!authorizer.readsRefusals) return await authorizer.replace(value, undefined, signal);
      const body = await readRefusal(response);
      // What cannot be read may mean something else: the token is kept.
      if (body === undefined) return undefined;
      return await authorizer.replace(value, { status: 401, headers: response.headers, body }, signal);
    } catch {
      // The sources have nothing else: the service's own answer tells more than their failure.
      signal?.throwIfAborted();
      return undefined;
    }
  }

  return plan;
}

function urlOf(target: Target): string {
  return typeof target === "string" ? target : target.url;
}

function requestOf(target: Target): Request | undefined {
  return typeof target === "string" ? undefined : target;
}

/** The members that the fetch standard reads of options, and those of undici and Workers beside them. */
const members =
  "method headers body mode credentials cache redirect referrer referrerPolicy integrity keepalive signal duplex priority window dispatcher cf".split(
    " ",
  );

/**
 * Options in a form that can be read again: an iterator can be read only once, and inherited members, which the platform
 * reads too, would be lost in a copy.
 */
function readable(init: RequestInit | undefined): RequestInit | undefined {
  if (init === undefined || init === null) return undefined;
  if (typeof init !== "object") throw new TypeError("The options of fetch are no object.");
  const prototype: unknown = Object.getPrototypeOf(init);
  const plain = prototype === Object.prototype || prototype === null ? init : inherited(init);
  const { headers } = plain;
  if (headers === undefined || !isIterable(headers) || headers instanceof Headers) return plain;
  return { ...plain, headers: new Headers(headers) };
}

function inherited(init: object): RequestInit {
  return Object.fromEntries(
    members.flatMap((name) => {
      const value: unknown = Reflect.get(init, name);
      return value === undefined || value === null ? [] : [[name, value]];
    }),
  );
}

function signalOf(target: Target, init: RequestInit | undefined): AbortSignal | undefined {
  return init?.signal ?? requestOf(target)?.signal;
}

function redirectOf(target: Target, init: RequestInit | undefined): Request["redirect"] {
  return init?.redirect ?? requestOf(target)?.redirect ?? "follow";
}

function carries(headers: HeadersInit, name: string): boolean {
  if (headers instanceof Headers) return headers.has(name);
  const record = headers as Readonly<Record<string, unknown>>;
  for (const key in record) {
    if (key.length === name.length && key.toLowerCase() === name && Object.hasOwn(record, key)) return true;
  }
  return false;
}

function withHeader(headers: HeadersInit | undefined, name: string, value: string): HeadersInit {
  if (headers === undefined) return name === "authorization" ? { authorization: value } : { [name]: value };
  if (isIterable(headers)) {
    const copy = new Headers(headers);
    copy.set(name, value);
    return copy;
  }
  // The caller has no header of this name: the order is the one that costs least.
  return name === "authorization" ? { authorization: value, ...headers } : { [name]: value, ...headers };
}

function isIterable(headers: HeadersInit): headers is Headers | [string, string][] {
  return Symbol.iterator in headers;
}

/** One literal for each case: the options are made for every request. */
function optionsOf(init: RequestInit | undefined, headers: HeadersInit, follows: boolean): SentInit {
  if (init === undefined) return follows ? { headers, redirect: "manual" } : { headers };
  return follows ? { ...init, headers, redirect: "manual" } : { ...init, headers };
}

function isRedirect({ status, type }: Response): boolean {
  return (status > 300 && status < 309) || type === "opaqueredirect";
}

function isReplayable(target: Target, { body }: RequestInit): boolean {
  return body === undefined || body === null ? (requestOf(target)?.body ?? null) === null : !isReadOnce(body);
}

/** The text of a 401; `undefined` where it is too long, or does not end. */
async function readRefusal(response: Response): Promise<string | undefined> {
  const copy = response.clone();
  const reading = withTimeLimit((stop) => readBody(copy, longestRefusal, stop), longestReadingMs);
  return reading.catch(() => undefined);
}
