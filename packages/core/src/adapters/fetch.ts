import type { CachedToken } from "../authorizer.ts";
import { isPath } from "../origin.ts";
import { isWorkers } from "../runtime.ts";
import { addToken, hasAny, readable, withToken } from "./fetch-headers.ts";
import { isRedirect } from "./is-redirect.ts";
import { markAuthorized, type PlatformFetch } from "./platform-fetch.ts";
import { addressOfUrl, factsOf, foreignFacts, isPlatformRequest, ownMember } from "./request-facts.ts";
import { requestSignal } from "./request-signal.ts";
import { holdSent, isBoundGlobally, releaseSent, sentToken, type SentToken } from "./sent-tokens.ts";
import type { Sender, SentRequest } from "./settle.ts";

type Fetch = typeof globalThis.fetch;
type HeadersInit = NonNullable<RequestInit["headers"]>;

/** What the adapter works with. */
export interface FetchTarget extends Omit<Sender, "fetch"> {
  /** The option `fetch`. */
  readonly fetch: Fetch | undefined;
}

/**
 * A `fetch` that adds the header for the authorizer's origins and is otherwise the one it was given. Inputs may be
 * relative to the base URL. A 401 is answered by asking the sources again, and by one more try if they have another
 * token. The target is asked for at the first request, since nothing may be looked at before.
 */
export function createFetch(target: () => FetchTarget, platform: PlatformFetch): Fetch {
  let plan: FetchPlan | undefined;
  return markAuthorized(function authorizedFetch(input, init) {
    try {
      plan ??= planFetch(target(), platform);
      return plan(input, init);
    } catch (error) {
      return Promise.reject(error);
    }
  });
}

type Target = string | Request;
/** Options that are this adapter's own, with the header in them. */
type SentInit = { -readonly [Key in keyof RequestInit]: RequestInit[Key] };

type FetchPlan = (input: unknown, init: RequestInit | undefined) => Promise<Response>;

function planFetch(given: FetchTarget, platform: PlatformFetch): FetchPlan {
  const { holder, destinations } = given;
  const { headerNames, origins } = holder;
  const isNative = given.fetch === undefined ? platform.isNative : () => false;
  const fetch = requestSender(given.fetch ?? platform.fetch, isNative);
  const sender: Sender = { holder, destinations, fetch };
  // The platform's redirects are safe where it is known to strip the header on the way to another origin, and right
  // where there is no other origin to which the header may go. Everywhere else each hop is decided here.
  const isStripped = headerNames.every((name) => name === "authorization");
  const alwaysFollows = !isStripped || origins.length > 1 || isWorkers();
  let held: SentToken | undefined;

  function plan(input: unknown, init: RequestInit | undefined): Promise<Response> {
    if (typeof input === "string") {
      if (input.startsWith(destinations.prefix)) return start(input, origins[0], init);
      if (isPath(input)) return start(destinations.baseUrl + input, destinations.base, init);
    } else if (typeof input === "object" && input !== null) {
      if (isPlatformRequest(input)) return start(input, destinations.allowed(urlOf(input)), init);
      const address = addressOfUrl(input);
      if (address !== undefined) return start(address, destinations.allowed(address), init);
      const facts = foreignFacts(input);
      if (facts !== undefined)
        return start(facts.url, destinations.allowed(facts.url), { ...facts.init, ...init });
    }
    const url = destinations.resolve(input);
    return start(url, destinations.allowed(url), init);
  }

  function start(
    target: Target,
    origin: string | undefined,
    init: RequestInit | undefined,
  ): Promise<Response> {
    if (origin === undefined) {
      holder.withheld(urlOf(target), "foreign origin");
      return fetch(target, init);
    }
    // Each member is read once: a getter or an iterator may give something else the next time.
    const sent = ownCopy(init);
    if (typeof target !== "string") keepReferrer(target, sent);
    const headers = readable(
      sent.headers ?? (typeof target === "string" ? undefined : ownMember(target, "headers")),
    );
    if (sent.headers !== undefined) sent.headers = headers as HeadersInit;
    if (headers !== undefined && hasAny(headers, headerNames)) {
      holder.withheld(urlOf(target), "set by the caller");
      return fetch(target, sent);
    }
    const follows = (alwaysFollows || !isNative()) && redirectOf(target, sent) === "follow";
    if (follows) {
      sent.redirect = "manual";
      const integrity = sent.integrity ?? (typeof target === "string" ? "" : ownMember(target, "integrity"));
      // The body of a redirect is another one.
      if (integrity !== "") {
        sent.integrity = "";
        return withIntegrity(sendAuthorized(target, sent, headers, origin, true), integrity);
      }
    }
    return sendAuthorized(target, sent, headers, origin, follows);
  }

  function sendAuthorized(
    target: Target,
    sent: SentInit,
    headers: HeadersInit | undefined,
    origin: string,
    follows: boolean,
  ): Promise<Response> {
    const current = holder.current();
    if (current === undefined) return sendLoaded(target, sent, headers, origin, follows);
    holder.attached(origin, current);
    sent.headers = withToken(headers, current);
    return watch(target, sent, { target, sent, own: headers, follows }, current);
  }

  async function sendLoaded(
    target: Target,
    sent: SentInit,
    own: HeadersInit | undefined,
    origin: string,
    follows: boolean,
  ): Promise<Response> {
    // What the platform does at once is not put off: it checks the options, and takes the body.
    const headers = own && new Headers(own);
    const request = isNative() ? new Request(target, sent) : undefined;
    const signal = requestSignal(target, sent);
    let loaded: CachedToken;
    try {
      signal?.throwIfAborted();
      loaded = await holder.get(signal);
    } catch (error) {
      request?.body?.cancel(error).catch(() => undefined);
      throw error;
    }
    holder.attached(origin, loaded);
    sent.headers = withToken(headers, loaded);
    const again = { target, sent, own: headers, follows };
    if (request === undefined) return watch(target, sent, again, loaded);
    addToken(request.headers, loaded);
    return watch(request, referrerOf(sent), again, loaded);
  }

  /** Sends the one form of a request, and settles by the other: that it can be sent by again. */
  function watch(
    first: Target,
    init: SentInit | undefined,
    request: SentRequest,
    current: CachedToken,
  ): Promise<Response> {
    if (held?.cached !== current) held = sentToken(holder, current);
    const token = held;
    // A fetch of the caller's own sends where the caller wants; a dispatcher may be bound to another address.
    const isGuarded = isNative() || "dispatcher" in request.sent || isBoundGlobally();
    if (isGuarded) holdSent(token);
    try {
      return fetch(first, init).then(
        (response) => {
          if (response.status === 401 || response.redirected || (request.follows && isRedirect(response)))
            return settle(response, request, token, isGuarded);
          if (isGuarded) releaseSent(token);
          return response;
        },
        (error: unknown) => {
          if (isGuarded) releaseSent(token);
          throw error;
        },
      );
    } catch (error) {
      if (isGuarded) releaseSent(token);
      throw error;
    }
  }

  async function settle(
    response: Response,
    request: SentRequest,
    token: SentToken,
    isGuarded: boolean,
  ): Promise<Response> {
    try {
      const part = await import("./settle.ts").catch((error: unknown) => {
        // A page may find that the part is gone. What it would do is an extra for a 401, and a must for a redirect.
        if (request.follows && isRedirect(response)) throw error;
      });
      return part === undefined
        ? response
        : await part.settle(response, request, { token, isGuarded }, sender);
    } finally {
      if (isGuarded) releaseSent(token);
    }
  }

  /** The platform compares what was answered in the end; so does it here. */
  async function withIntegrity(answer: Promise<Response>, integrity: string): Promise<Response> {
    const response = await answer;
    const bytes = await response.clone().arrayBuffer();
    const url = URL.createObjectURL(new Blob([bytes]));
    try {
      await platform.fetch(url, { integrity });
    } finally {
      URL.revokeObjectURL(url);
    }
    return response;
  }

  return plan;
}

/** Gives a `Request` of the platform's to a `fetch` that may not know it, such as another library's. */
function requestSender(fetch: Fetch, isNative: () => boolean): Fetch {
  return (target, init) =>
    typeof target !== "object" || target instanceof URL || isNative()
      ? fetch(target, init)
      : sendRequest(fetch, target, init);
}

async function sendRequest(fetch: Fetch, given: Request, init: RequestInit | undefined): Promise<Response> {
  if (init?.body !== undefined || ownMember(given, "body") === null) {
    const { url, init: facts } = factsOf(given);
    return fetch(url, { ...facts, ...init });
  }
  // As a Request first: only so do the length of its body and its form reach the service.
  const request = new Request(given);
  try {
    return await fetch(request, init);
  } catch (error) {
    if (!(error instanceof Error && error.name === "TypeError") || request.bodyUsed) throw error;
    const { url, init: facts } = factsOf(request);
    return fetch(url, { ...facts, ...init });
  }
}

function urlOf(target: Target): string {
  return typeof target === "string" ? target : ownMember(target, "url");
}

function redirectOf(target: Target, sent: SentInit): string {
  const { redirect } = sent;
  if (redirect === undefined) return typeof target === "string" ? "follow" : ownMember(target, "redirect");
  if (typeof redirect !== "string") sent.redirect = String(redirect) as "follow";
  return sent.redirect as string;
}

/** Any option at all makes the platform forget a Request's own. */
function keepReferrer(target: Request, sent: SentInit): void {
  for (const name in sent) if (sent[name as keyof SentInit] !== undefined) return;
  const referrer = ownMember(target, "referrer");
  if (referrer !== undefined && referrer !== "about:client") sent.referrer = referrer;
  const policy = ownMember(target, "referrerPolicy");
  if (policy) sent.referrerPolicy = policy;
}

/** Node.js forgets a Request's referrer and its policy, too. */
function referrerOf({ referrer, referrerPolicy }: SentInit): RequestInit | undefined {
  if (referrer === undefined && referrerPolicy === undefined) return undefined;
  return { ...(referrer !== undefined && { referrer }), ...(referrerPolicy && { referrerPolicy }) };
}

/** The members that the fetch standard reads of options, and those of undici and Workers beside them. */
const members =
  "method headers body mode credentials cache redirect referrer referrerPolicy integrity keepalive signal duplex priority window dispatcher cf";

/** A copy of options, with the inherited members that the platform reads too. */
function ownCopy(init: RequestInit | undefined): SentInit {
  if (init === undefined || init === null) return {};
  if (typeof init !== "object") throw new TypeError("The options of fetch are no object.");
  const prototype: unknown = Object.getPrototypeOf(init);
  if (prototype === Object.prototype || prototype === null) return { ...init };
  const inherited = members
    .split(" ")
    .map((name): [string, unknown] => [name, Reflect.get(init, name)])
    .filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(inherited), ...init };
}
