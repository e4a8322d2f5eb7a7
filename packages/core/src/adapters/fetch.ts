import type { Authorizer } from "../authorizer.ts";
import type { Destinations } from "../origin.ts";
import { readBody } from "../read-body.ts";
import { isWorkers } from "../runtime.ts";

type Fetch = typeof globalThis.fetch;
type Input = Parameters<Fetch>[0];
type HeadersInit = NonNullable<RequestInit["headers"]>;

/** The largest 401 that is read to learn its meaning. Bytes. */
const longestRefusal = 65_536;

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

/** A request on its way to an allowed origin. */
interface Outgoing {
  readonly target: Input;
  readonly init: RequestInit | undefined;
  /** The caller's, in a form that can be read again. */
  readonly headers: HeadersInit | undefined;
  readonly origin: string;
  /** Whether its redirects are followed here. */
  readonly hops: boolean;
}

type FetchPlan = (input: Input, init: RequestInit | undefined) => Promise<Response>;

function planFetch({ authorizer, destinations, fetch, platform }: FetchTarget): FetchPlan {
  const { header, origins } = authorizer;
  // The platform's redirects are safe where it is known to strip the header on the way to another origin, and right
  // where there is no other origin to which the header may go. Everywhere else each hop is decided here.
  const ownRedirects = !platform || header !== "authorization" || origins.length > 1 || isWorkers();

  function plan(input: Input, init: RequestInit | undefined): Promise<Response> {
    const target = typeof input === "string" ? destinations.resolve(input) : input;
    const url = urlOf(target);
    const origin = destinations.allowed(url);
    if (origin === undefined) {
      authorizer.withheld(url, "foreign origin");
      return fetch(target, init);
    }
    const headers = callerHeaders(target, init);
    if (headers !== undefined && carries(headers, header)) {
      authorizer.withheld(url, "set by the caller");
      return fetch(
        target,
        headers === init?.headers || init?.headers === undefined ? init : { ...init, headers },
      );
    }
    const hops = ownRedirects && redirectOf(target, init) === "follow";
    const outgoing = { target, init, headers, origin, hops };
    const value = authorizer.current();
    if (value !== undefined) return send(outgoing, value);
    return authorizer.load(signalOf(target, init)).then((loaded) => send(outgoing, loaded));
  }

  function send(outgoing: Outgoing, value: string): Promise<Response> {
    authorizer.attached(outgoing.origin);
    return transmit(outgoing, value).then((response) =>
      response.status === 401 || isRedirect(response) ? settle(response, outgoing, value) : response,
    );
  }

  function transmit({ target, init, headers, hops }: Outgoing, value: string): Promise<Response> {
    const carrying = withHeader(headers, header, value);
    if (hops) return fetch(target, { ...init, headers: carrying, redirect: "manual" });
    return fetch(target, init === undefined ? { headers: carrying } : { ...init, headers: carrying });
  }

  /** What is left to do after an answer that is a redirect or a 401. */
  async function settle(response: Response, outgoing: Outgoing, value: string): Promise<Response> {
    const arrived = await follow(response, outgoing, value);
    if (arrived.status !== 401) return arrived;
    // A redirect has led elsewhere: that origin's 401 says nothing about this token.
    if (arrived.redirected && destinations.allowed(arrived.url) === undefined) return arrived;
    const next = await replacement(arrived, outgoing, value);
    if (next === undefined || !isReplayable(outgoing)) return arrived;
    await arrived.body?.cancel().catch(() => undefined);
    authorizer.attached(outgoing.origin);
    return follow(await transmit(outgoing, next), outgoing, next);
  }

  async function follow(
    response: Response,
    { target, init, headers, hops }: Outgoing,
    value: string,
  ): Promise<Response> {
    if (!hops || !isRedirect(response)) return response;
    const { followRedirects } = await import("./redirect.ts");
    const valueFor = (url: string): string | undefined =>
      destinations.allowed(url) === undefined ? undefined : value;
    return followRedirects(response, {
      fetch,
      url: urlOf(target),
      target,
      init,
      headers,
      header,
      value: valueFor,
    });
  }

  async function replacement(
    response: Response,
    { target, init }: Outgoing,
    value: string,
  ): Promise<string | undefined> {
    const signal = signalOf(target, init);
    try {
      const answer = authorizer.readsRefusals ? await readRefusal(response) : undefined;
      return await authorizer.replace(value, answer, signal);
    } catch {
      // The sources have nothing else: the service's own answer tells more than their failure.
      signal?.throwIfAborted();
      return undefined;
    }
  }

  return plan;
}

function urlOf(target: Input): string {
  if (typeof target === "string") return target;
  return "url" in target ? target.url : String(target);
}

function requestOf(target: Input): Request | undefined {
  return typeof target === "object" && "url" in target ? target : undefined;
}

function callerHeaders(target: Input, init: RequestInit | undefined): HeadersInit | undefined {
  const headers = init?.headers;
  if (headers === undefined) return requestOf(target)?.headers;
  // An iterator can be read only once, and these are read to learn whether the caller has set the header.
  return isIterable(headers) && !Array.isArray(headers) ? new Headers(headers) : headers;
}

function signalOf(target: Input, init: RequestInit | undefined): AbortSignal | undefined {
  return init?.signal ?? requestOf(target)?.signal;
}

function redirectOf(target: Input, init: RequestInit | undefined): Request["redirect"] {
  return init?.redirect ?? requestOf(target)?.redirect ?? "follow";
}

function carries(headers: HeadersInit, name: string): boolean {
  if (headers instanceof Headers) return headers.has(name);
  if (isIterable(headers)) {
    for (const pair of headers) if (pair[0].toLowerCase() === name) return true;
    return false;
  }
  for (const key in headers) {
    if (key.length === name.length && key.toLowerCase() === name && Object.hasOwn(headers, key)) return true;
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
  return { ...headers, [name]: value };
}

function isIterable(headers: HeadersInit): headers is Headers | [string, string][] {
  return Symbol.iterator in headers;
}

function isRedirect({ status, type }: Response): boolean {
  return (status > 300 && status < 309) || type === "opaqueredirect";
}

function isReplayable({ target, init }: Outgoing): boolean {
  const body = init?.body;
  if (body === undefined || body === null) return (requestOf(target)?.body ?? null) === null;
  return !(typeof body === "object" && (body instanceof ReadableStream || Symbol.asyncIterator in body));
}

async function readRefusal(response: Response): Promise<{ status: number; headers: Headers; body: string }> {
  const body = await readBody(response.clone(), longestRefusal);
  return { status: response.status, headers: response.headers, body: body ?? "" };
}
