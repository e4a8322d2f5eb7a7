import { carrying } from "../authorizer.ts";
import { isPath } from "../origin.ts";
import { isWorkers } from "../runtime.ts";
import { hasHeader } from "./has-header.ts";
import { isRedirect } from "./is-redirect.ts";
import { requestSignal } from "./request-signal.ts";
import type { Sender } from "./settle.ts";

type Fetch = typeof globalThis.fetch;
type Input = Parameters<Fetch>[0];
type HeadersInit = NonNullable<RequestInit["headers"]>;

/** What the adapter works with. */
export interface FetchTarget extends Sender {
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

type FetchPlan = (input: Input, init: RequestInit | undefined) => Promise<Response>;

function planFetch(sender: FetchTarget): FetchPlan {
  const { authorizer, destinations, fetch, platform } = sender;
  const { header, origins } = authorizer;
  // The platform's redirects are safe where it is known to strip the header on the way to another origin, and right
  // where there is no other origin to which the header may go. Everywhere else each hop is decided here.
  const ownRedirects = !platform || header !== "authorization" || origins.length > 1 || isWorkers();

  function plan(input: Input, given: RequestInit | undefined): Promise<Response> {
    if (typeof input === "string") {
      if (input.startsWith(destinations.prefix)) return start(input, origins[0], given);
      if (isPath(input)) return start(destinations.base + input, destinations.base, given);
    }
    const target = input instanceof Request ? input : targetOf(input);
    return start(target, destinations.allowed(urlOf(target)), given);
  }

  function targetOf(input: unknown): Target {
    // What is judged is what is sent: an object that becomes a URL is asked for it once.
    const text = String(input);
    // That of another realm, or of the library that brings the option `fetch`, is no instance of the platform's.
    return text === "[object Request]" ? (input as Request) : destinations.resolve(text);
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
    const init = withOwnMembers(given);
    // Once: a getter or an iterator may give something else the next time.
    const headers = readable(init?.headers ?? requestOf(target)?.headers);
    if (headers !== undefined && carries(headers, header)) {
      authorizer.withheld(urlOf(target), "set by the caller");
      return fetch(target, init && { ...init, headers });
    }
    const value = authorizer.current();
    return value === undefined
      ? sendLoaded(target, init, headers, origin)
      : send(target, init, headers, origin, value);
  }

  async function sendLoaded(
    target: Target,
    init: RequestInit | undefined,
    headers: HeadersInit | undefined,
    origin: string,
  ): Promise<Response> {
    // The caller may go on to use the same objects for the next request.
    const kept = init && { ...init };
    const keptHeaders = headers && new Headers(headers);
    const value = await authorizer.load(requestSignal(target, init));
    return send(target, kept, keptHeaders, origin, value);
  }

  /** What it allocates for a request that is answered as usual: the headers, the options, and the one promise. */
  function send(
    target: Target,
    init: RequestInit | undefined,
    given: HeadersInit | undefined,
    origin: string,
    value: string,
  ): Promise<Response> {
    authorizer.attached(origin);
    const headers = withHeader(given, header, value);
    if (ownRedirects && (init?.redirect ?? requestOf(target)?.redirect ?? "follow") === "follow") {
      return watchHops(
        target,
        init === undefined ? { headers, redirect: "manual" } : { ...init, headers, redirect: "manual" },
      );
    }
    return watch(target, init === undefined ? { headers } : { ...init, headers });
  }

  // Each has a function of its own, so that what it holds on to is no more than it needs.
  function watch(target: Target, sent: SentInit): Promise<Response> {
    return fetch(target, sent).then((response) =>
      response.status === 401 ? settle(response, target, sent, false) : response,
    );
  }

  function watchHops(target: Target, sent: SentInit): Promise<Response> {
    return fetch(target, sent).then((response) =>
      response.status === 401 || isRedirect(response) ? settle(response, target, sent, true) : response,
    );
  }

  async function settle(
    response: Response,
    target: Target,
    sent: SentInit,
    follows: boolean,
  ): Promise<Response> {
    const part = await import("./settle.ts").catch((error: unknown) => {
      // A page may find that the part is gone. What it would do is an extra for a 401, and a must for a redirect.
      if (response.status !== 401) throw error;
    });
    return part === undefined ? response : part.settle(response, { target, sent, follows }, sender);
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
  "method headers body mode credentials cache redirect referrer referrerPolicy integrity keepalive signal duplex priority window dispatcher cf";

/** Options that can be copied: inherited members, which the platform reads too, would be lost. */
function withOwnMembers(init: RequestInit | undefined): RequestInit | undefined {
  if (init === undefined || init === null) return undefined;
  if (typeof init !== "object") throw new TypeError("The options of fetch are no object.");
  const prototype: unknown = Object.getPrototypeOf(init);
  if (prototype === Object.prototype || prototype === null) return init;
  const inherited = members
    .split(" ")
    .map((name): [string, unknown] => [name, Reflect.get(init, name)])
    .filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(inherited), ...init };
}

/** Headers that can be read again. */
function readable(headers: HeadersInit | undefined): HeadersInit | undefined {
  return headers === undefined || !isIterable(headers) || headers instanceof Headers
    ? headers
    : new Headers(headers);
}

function carries(headers: HeadersInit, name: string): boolean {
  // By now, what can be iterated over is a Headers.
  return isIterable(headers) ? (headers as Headers).has(name) : hasHeader(headers, name);
}

function withHeader(headers: HeadersInit | undefined, name: string, value: string): HeadersInit {
  if (headers === undefined) return carrying(name, value);
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
