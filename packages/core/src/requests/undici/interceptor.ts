import type { Dispatcher } from "undici";

import { type CachedToken, holderOf, type TokenHolder } from "../authorizer.ts";
import { invalid } from "../../errors.ts";
import { leadsTo, parseUrl } from "../origins.ts";
import { lastMade, sentToken, type SentToken } from "../sent-tokens.ts";
import { AuthorizedHandler } from "./authorized-handler.ts";
import { fail, Hold } from "./pending-controller.ts";
import { carries, type FlatHeaders, readable, withToken } from "./headers.ts";

type Options = Dispatcher.DispatchOptions;
type Handler = Dispatcher.DispatchHandler;

/** Anything that a provider's factory returned, from whichever package. */
export interface AnyAuth {
  readonly provider: { readonly id: string };
  readonly origins: readonly string[];
}

/**
 * An undici interceptor that adds each auth's header to the requests for that auth's origins, and to no other: each hop
 * of a redirect is judged anew. For `new Agent().compose(authInterceptor(auth))`.
 *
 * What counts is where the connection goes: a Client or a Pool that is bound to another address never sends the header,
 * whatever a request says of its origin, and one that is bound to the provider's own always does.
 *
 * A 401 is answered by asking the sources again, and by one more try if they have another token and the body is a text
 * or a buffer. Composed outside undici's own redirect interceptor, it has that strip the header on the way to another
 * origin; a `stripHeadersOnCrossOriginRedirect` of the dispatch itself is kept.
 *
 * A dispatcher of undici 8 under the `fetch` of Node.js up to 24, or an interceptor in undici 6 or older, is refused before
 * anything is sent: the request fails with `AUTH_PROVIDER_INVALID`.
 *
 * undici's cache belongs inside: `compose(interceptors.cache(), authInterceptor(auth))`. Outside it sees no token, and a
 * store that two auths share gives the answers for one to the other.
 */
export function authInterceptor(
  auths: AnyAuth | readonly AnyAuth[],
): Dispatcher.DispatcherComposeInterceptor {
  const list = (Array.isArray(auths) ? auths : [auths]) as readonly AnyAuth[];
  for (const auth of list) {
    if (placeOf(auth) === undefined) {
      throw new TypeError("authInterceptor() takes what a provider's factory returned, or a list of such.");
    }
  }
  const ready: (TokenHolder | undefined)[] = list.map(() => undefined);
  /** The last token of each auth, and how many requests carry it. */
  const tokens = new Map<TokenHolder, SentToken>();

  function tokenOf(holder: TokenHolder, cached: CachedToken): SentToken {
    let token = tokens.get(holder);
    if (token?.cached !== cached) tokens.set(holder, (token = sentToken(holder, cached)));
    return token;
  }

  return (dispatch) => {
    /** The address that a Client or Pool goes to which is told no origin (undici 7), once it is known. */
    let address: string | undefined;

    return function authorizedDispatch(options, handler) {
      // What is judged is what is sent: it is asked for once.
      const { origin } = options;
      const [holder] = ready;
      // What most programs have is one auth with one origin: no need to look further.
      return holder !== undefined && holder.origins[0] === origin && isPlain(handler)
        ? sendTo(origin as string, origin, holder, options, handler)
        : judge(origin, options, handler);
    };

    /** Finds the auth that a request is for. */
    function judge(given: Options["origin"], options: Options, handler: Handler): boolean {
      const [first] = list;
      if (isOfOlderProtocol(handler)) return refuse(handler, first?.provider.id ?? "undici");
      // An object becomes the text that is judged.
      const said = typeof given === "object" && given !== null ? String(given) : given;
      const origin = said || address;
      let failure: unknown;
      let holder: TokenHolder | undefined;
      for (let index = 0; index < list.length && holder === undefined; index++) {
        try {
          const candidate = (ready[index] ??= holderFor(list[index]));
          // Without an origin, the first request shows where it goes: the header is taken off if that is elsewhere.
          const isMeant = origin ? isFor(candidate, origin) : list.length === 1;
          if (isMeant) holder = candidate;
        } catch (error) {
          // One auth that is set up wrongly does not stop another's requests.
          failure ??= error;
        }
      }
      if (holder !== undefined) {
        const judged = typeof given === "string" ? given : said && new URL(said).origin;
        return sendTo(String(origin), judged, holder, options, handler);
      }
      // The request may have been meant for the auth that is broken: it must not go without its token.
      failure ??= origin ? undefined : needsOrigin(first?.provider.id ?? "undici");
      if (failure !== undefined) {
        fail(handler, failure);
        return false;
      }
      for (const one of ready) one?.withheld(String(origin), "foreign origin");
      return dispatch(options, handler);
    }

    function sendTo(
      origin: string,
      judged: string | undefined,
      holder: TokenHolder,
      options: Options,
      handler: Handler,
    ): boolean {
      const headers = readable(options.headers);
      if (carries(headers, holder.headerNames)) {
        holder.withheld(origin, "set by the caller");
        return dispatch(
          headers === options.headers ? options : { ...options, headers: headers as string[] },
          handler,
        );
      }
      const current = holder.current();
      if (current === undefined) {
        // The caller may go on to use the same object for the next request.
        sendWhenLoaded({ ...options }, judged, headers, handler, holder);
        return true;
      }
      return send(withHeaders(options, judged, headers, holder, current), handler, holder, current);
    }

    function send(sent: Options, handler: Handler, holder: TokenHolder, cached: CachedToken): boolean {
      const made = lastMade().count;
      const goesOn = AuthorizedHandler.send(dispatch, sent, handler, tokenOf(holder, cached));
      // Where the request waits for something in between, the last one made is another.
      if (!sent.origin && lastMade().count !== made) address ??= lastAddress();
      return goesOn;
    }

    /** A dispatch that waits for its token. */
    function sendWhenLoaded(
      options: Options,
      origin: string | undefined,
      headers: FlatHeaders,
      handler: Handler,
      holder: TokenHolder,
    ): void {
      const hold = new Hold();
      const stop = new AbortController();
      hold.onAbort = () => {
        stop.abort(hold.reason);
        fail(handler, hold.reason);
      };
      handler.onRequestStart?.(hold, null);
      if (hold.aborted) return;
      holder
        .get(stop.signal)
        .then((loaded) => {
          if (hold.aborted) return;
          send(withHeaders(options, origin, headers, holder, loaded), handler, holder, loaded);
        })
        .catch((error: unknown) => {
          if (!hold.aborted) fail(handler, error);
        });
    }
  };
}

function lastAddress(): string | undefined {
  const { origin } = lastMade();
  return typeof origin === "string" ? origin : undefined;
}

function holderFor(auth: AnyAuth | undefined): TokenHolder {
  return (placeOf(auth) as { readonly [holderOf]: TokenHolder })[holderOf];
}

/** Where the holder is: in the auth, or where its members were copied, in its fetch. */
function placeOf(auth: unknown): object | undefined {
  const { fetch } = Object(auth) as { readonly fetch?: unknown };
  return [auth, fetch].find(
    (place): place is object => Object(place) === place && holderOf in (place as object),
  );
}

function isFor({ origins }: TokenHolder, origin: string): boolean {
  if (origins.includes(origin)) return true;
  const url = parseUrl(origin);
  return url !== undefined && leadsTo(origins, url);
}

function withHeaders(
  options: Options,
  origin: string | undefined,
  given: FlatHeaders,
  { headerNames }: TokenHolder,
  cached: CachedToken,
): Options {
  const headers = withToken(given, cached);
  const sent: Options = { ...options, headers };
  // An object becomes the text that was judged, and what changes between looks stays as it was.
  if (sent.origin !== origin && origin !== undefined) sent.origin = origin;
  if (headerNames.length > 1 || cached.header !== "authorization") {
    const { stripHeadersOnCrossOriginRedirect: strip = [] } = options as StrippingOptions;
    (sent as StrippingOptions).stripHeadersOnCrossOriginRedirect = [...strip, ...headerNames];
  }
  return sent;
}

interface StrippingOptions {
  /** undici 8's own, for its redirect interceptor. */
  stripHeadersOnCrossOriginRedirect?: string[];
}

/** Whether a handler can be of no older protocol, nor have one inside. */
function isPlain(handler: Handler): boolean {
  const { onConnect, onHeaders, handler: inner } = handler as Record<string, unknown>;
  return onConnect === undefined && onHeaders === undefined && inner === undefined;
}

/** A handler of undici 6 and older, and of a `fetch` of that time. One inside another handler counts too. */
function isOfOlderProtocol(handler: Handler): boolean {
  let one: unknown = handler;
  for (let depth = 0; depth < 8 && typeof one === "object" && one !== null; depth++) {
    const {
      onRequestStart,
      onResponseStart,
      onConnect,
      onHeaders,
      handler: inner,
    } = one as Record<string, unknown>;
    if (
      onRequestStart === undefined &&
      onResponseStart === undefined &&
      (onConnect ?? onHeaders) !== undefined
    )
      return true;
    one = inner;
  }
  return false;
}

function refuse(handler: Handler, provider: string): boolean {
  const { process } = globalThis as { process?: { versions?: { undici?: string } } };
  const builtIn = process?.versions?.undici;
  const error = invalid(
    provider,
    `the interceptor was called in the protocol of an older undici${builtIn === undefined ? "" : `, such as ${builtIn}, the one of this platform's fetch`}, which the undici of the dispatcher does not speak`,
    "Take fetch and the dispatcher from one copy of undici 7 or later, or wrap the dispatcher in undici 8's Dispatcher1Wrapper.",
  );
  let one: unknown = handler;
  while (typeof one === "object" && one !== null) {
    const { onError, handler: inner } = one as { onError?: unknown; handler?: unknown };
    if (typeof onError === "function") {
      onError.call(one, error);
      return false;
    }
    one = inner;
  }
  throw error;
}

function needsOrigin(provider: string): Error {
  return invalid(
    provider,
    "this undici does not tell an interceptor of several auths where a Client or Pool leads",
    "Give each request its origin, or compose an interceptor of one auth.",
  );
}
