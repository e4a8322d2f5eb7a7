import type { CachedToken } from "./authorizer.ts";
import { isPath } from "./origins.ts";
import { callSite, errorAt } from "../errors.ts";
import { isWorkers } from "../runtime.ts";
import { addToken, hasAny, readable, withToken } from "./headers.ts";
import { isRedirect } from "./is-redirect.ts";
import { markAuthorized, type PlatformFetch } from "./platform-fetch.ts";
import { addressOfUrl, factsOf, foreignFacts, isPlatformRequest, ownMember } from "./request-facts.ts";
import { requestSignal } from "./request-signal.ts";
import { holdSent, isBoundGlobally, releaseSent, sentToken, type SentToken } from "./sent-tokens.ts";
import { type Sender, type SentRequest, settle } from "./retry-unauthorized.ts";

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
      return platform.sendReturned(input, init) ?? plan(input, init);
    } catch (error) {
      return Promise.reject(error);
    }
  });
}

type Target = string | Request;
/** Options that are this adapter's own, with the header in them. */
type SentInit = { -readonly [Key in keyof RequestInit]: RequestInit[Key] };

type FetchPlan = (input: unknown, init: RequestInit | undefined) => Promise<Response>;

function planFetch(auth: FetchTarget, platform: PlatformFetch): FetchPlan {
  const { holder, allowed } = auth;
  const { headerNames, origins } = holder;
  const isNative = auth.fetch === undefined ? platform.isNative : () => false;
  const fetch = requestSender(auth.fetch ?? platform.fetch, isNative);
  const sender: Sender = { holder, allowed, fetch };
  // The platform's redirects are safe where it is known to strip the header on the way to another origin, and right
  // where there is no other origin to which the header may go. Everywhere else each hop is decided here.
  const isStripped = headerNames.every((name) => name === "authorization");
  const alwaysFollows = !isStripped || origins.length > 1 || isWorkers();
  let held: SentToken | undefined;

  function plan(input: unknown, init: RequestInit | undefined): Promise<Response> {
    if (typeof input === "string") {
      if (input.startsWith(allowed.prefix)) return start(input, origins[0], init);
      if (isPath(input)) return start(allowed.baseUrl + input, allowed.base, init);
    } else if (typeof input === "object" && input !== null) {
      if (isPlatformRequest(input)) return start(input, allowed.originOf(urlOf(input)), init);
      const address = addressOfUrl(input);
      if (address !== undefined) return start(address, allowed.originOf(address), init);
      const facts = foreignFacts(input);
      if (facts !== undefined)
        return start(facts.url, allowed.originOf(facts.url), { ...facts.init, ...init });
    }
    const url = allowed.resolve(input);
    return start(url, allowed.originOf(url), init);
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
    const request = typeof target === "string" ? undefined : target;
    const given = init === undefined || init === null ? undefined : ownMembers(init);
    // Each is read once: a getter or an iterator may give something else the next time.
    const own = readable(given?.headers ?? (request && ownMember(request, "headers")));
    if (own !== undefined && hasAny(own, headerNames)) {
      holder.withheld(urlOf(target), "set by the caller");
      return fetch(target, given && { ...given, headers: own });
    }
    const asked = given?.redirect;
    const mode = asked === undefined || asked === null ? undefined : modeOf(asked);
    const isFollowing = (mode ?? (request && ownMember(request, "redirect")) ?? "follow") === "follow";
    const follows = isFollowing && (alwaysFollows || !isNative());
    const redirect = follows ? "manual" : mode;
    if (follows) {
      const integrity = given?.integrity ?? (request && ownMember(request, "integrity"));
      // The body of a redirect is another one.
      if (integrity) {
        const unchecked: SentInit = { ...given, integrity: "" };
        if (request !== undefined) keepReferrer(request, given, unchecked);
        return withIntegrity(start(target, origin, unchecked), integrity);
      }
    }
    const current = holder.current();
    if (current === undefined) return sendLoaded(target, given, own, redirect, origin, follows);
    holder.attached(origin, current);
    const headers = withToken(own, current);
    const sent: SentInit =
      given === undefined
        ? redirect === undefined
          ? { headers }
          : { headers, redirect }
        : redirect === undefined
          ? { ...given, headers }
          : { ...given, headers, redirect };
    if (request !== undefined) keepReferrer(request, given, sent);
    if (auth.fetch === undefined) platform.mark(sent);
    return watch(target, sent, target, sent, own, follows, current);
  }

  async function sendLoaded(
    target: Target,
    given: RequestInit | undefined,
    own: HeadersInit | undefined,
    redirect: SentInit["redirect"],
    origin: string,
    follows: boolean,
  ): Promise<Response> {
    // What the platform does at once is not put off: it checks the options, and takes the body. And the caller may go on to
    // use the same objects for the next request.
    const site = callSite();
    const kept = own && new Headers(own);
    const sent: SentInit = { ...given, ...(kept && { headers: kept }), ...(redirect && { redirect }) };
    if (typeof target !== "string") keepReferrer(target, given, sent);
    // Of an address alone there is nothing to check or take, and to make a Request of it would cost as much as it does later.
    const isBare = typeof target === "string" && given === undefined;
    const request = isNative() && !isBare ? new Request(target, sent) : undefined;
    const signal = requestSignal(target, sent);
    let loaded: CachedToken;
    try {
      signal?.throwIfAborted();
      loaded = await holder.get(signal);
    } catch (error) {
      request?.body?.cancel(error).catch(() => undefined);
      throw errorAt(site, error);
    }
    holder.attached(origin, loaded);
    sent.headers = withToken(kept, loaded);
    if (request === undefined) return watch(target, sent, target, sent, kept, follows, loaded);
    addToken(request.headers, loaded);
    return watch(request, referrerOf(sent), target, sent, kept, follows, loaded);
  }

  /** Sends the one form of a request, and settles by the other: that it can be sent by again. */
  function watch(
    first: Target,
    init: SentInit | undefined,
    target: Target,
    sent: SentInit,
    own: HeadersInit | undefined,
    follows: boolean,
    current: CachedToken,
  ): Promise<Response> {
    // A fetch of the caller's own sends where the caller wants; a dispatcher may be bound to another address.
    if (isNative() || "dispatcher" in sent || isBoundGlobally())
      return watchConnection(first, init, { target, sent, own, follows }, current);
    return follows
      ? fetch(first, init).then((response) =>
          response.status === 401 || isRedirect(response)
            ? settle(response, { target, sent, own, follows: true }, { current }, sender)
            : response,
        )
      : fetch(first, init).then((response) =>
          response.status === 401 || response.redirected
            ? settle(response, { target, sent, own, follows: false }, { current }, sender)
            : response,
        );
  }

  /** The same where the token is taken off a connection that leads elsewhere. */
  function watchConnection(
    first: Target,
    init: SentInit | undefined,
    request: SentRequest,
    current: CachedToken,
  ): Promise<Response> {
    if (held?.cached !== current) held = sentToken(holder, current);
    const token = held;
    holdSent(token);
    return fetch(first, init).then(
      (response) => {
        if (response.status === 401 || response.redirected || (request.follows && isRedirect(response)))
          return settle(response, request, { current, token }, sender).finally(() => releaseSent(token));
        releaseSent(token);
        return response;
      },
      (error: unknown) => {
        releaseSent(token);
        throw error;
      },
    );
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
  return (target, init) => {
    if (typeof target !== "object" || target instanceof URL || isNative()) return fetch(target, init);
    if (init?.body === undefined && ownMember(target, "body") !== null) return sendBody(fetch, target, init);
    const { url, init: facts } = factsOf(target);
    return fetch(url, { ...facts, ...init });
  };
}

/** As a Request first: only so do the length of its body and its form reach the service. */
async function sendBody(fetch: Fetch, given: Request, init: RequestInit | undefined): Promise<Response> {
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

/** A redirect mode may be given as any object that becomes one. What is none, another `fetch` might take for `follow`. */
function modeOf(given: unknown): "follow" | "error" | "manual" {
  const mode = String(given);
  if (mode === "follow" || mode === "error" || mode === "manual") return mode;
  throw new TypeError("The option redirect is none of follow, error and manual.");
}

/** Any option at all makes the platform forget a Request's own. */
function keepReferrer(target: Request, given: RequestInit | undefined, sent: SentInit): void {
  for (const name in given) if (given[name as keyof RequestInit] !== undefined) return;
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

/** Options that can be copied: inherited members, which the platform reads too, would be lost. */
function ownMembers(init: RequestInit): RequestInit {
  if (typeof init !== "object") throw new TypeError("The options of fetch are no object.");
  const prototype: unknown = Object.getPrototypeOf(init);
  if (prototype === Object.prototype || prototype === null) return init;
  const inherited = members
    .split(" ")
    .map((name): [string, unknown] => [name, Reflect.get(init, name)])
    .filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(inherited), ...init };
}
