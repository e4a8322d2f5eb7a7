import type { Dispatcher } from "undici";

import { type Authorizer, authorizerOf } from "../authorizer.ts";
import { leadsTo, parseUrl } from "../origin.ts";
import { fail, Hold } from "./undici-hold.ts";
import { carries, type FlatHeaders, readable, withValue } from "./undici-headers.ts";
import { RefusalHandler } from "./undici-refusal.ts";

type Dispatch = Dispatcher.Dispatch;
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
 * A 401 is answered by asking the sources again, and by one more try if they have another token and the body is a text
 * or a buffer. Composed outside undici's own redirect interceptor, it has that strip the header on the way to another
 * origin; a `stripHeadersOnCrossOriginRedirect` of the dispatch itself is kept.
 *
 * undici's cache belongs inside: `compose(interceptors.cache(), authInterceptor(auth))`. Outside it sees no token, and a
 * store that two auths share gives the answers for one to the other.
 */
export function authInterceptor(
  auths: AnyAuth | readonly AnyAuth[],
): Dispatcher.DispatcherComposeInterceptor {
  const list = (Array.isArray(auths) ? auths : [auths]) as readonly AnyAuth[];
  for (const auth of list) {
    if (typeof auth !== "object" || auth === null || !(authorizerOf in auth)) {
      throw new TypeError("authInterceptor() takes what a provider's factory returned, or a list of such.");
    }
  }
  const ready: (Authorizer | undefined)[] = list.map(() => undefined);

  return (dispatch) =>
    function authorizedDispatch(options, handler) {
      // What is judged is what is sent: an object is asked for its origin once.
      const origin = typeof options.origin === "object" ? String(options.origin) : options.origin;
      let failure: unknown;
      // What most programs have is one auth with one origin: no need to look further.
      let authorizer = ready[0]?.origins[0] === origin ? ready[0] : undefined;
      for (let index = 0; index < list.length && authorizer === undefined; index++) {
        try {
          const candidate = (ready[index] ??= authorizerFor(list[index]));
          if (origin !== undefined && isFor(candidate, origin)) authorizer = candidate;
        } catch (error) {
          // One auth that is set up wrongly does not stop another's requests.
          failure ??= error;
        }
      }
      if (authorizer === undefined) {
        // The request may have been meant for the auth that is broken: it must not go without its token.
        if (failure !== undefined) {
          fail(handler, failure);
          return false;
        }
        for (const one of ready) one?.withheld(String(origin), "foreign origin");
        return dispatch(options, handler);
      }
      const headers = readable(options.headers);
      if (carries(headers, authorizer.header)) {
        authorizer.withheld(String(origin), "set by the caller");
        return dispatch(
          headers === options.headers ? options : { ...options, headers: headers as string[] },
          handler,
        );
      }
      const value = authorizer.current();
      const judged =
        origin === options.origin ? options : { ...options, origin: new URL(String(origin)).origin };
      if (value !== undefined) {
        return send(dispatch, withHeader(judged, headers, authorizer, value), handler, authorizer, value);
      }
      // The caller may go on to use the same object for the next request.
      sendWhenLoaded(dispatch, { ...judged }, headers, handler, authorizer);
      return true;
    };
}

function authorizerFor(auth: AnyAuth | undefined): Authorizer {
  return (auth as unknown as { readonly [authorizerOf]: Authorizer })[authorizerOf];
}

function isFor({ origins }: Authorizer, origin: string): boolean {
  if (origins.includes(origin)) return true;
  const url = parseUrl(origin);
  return url !== undefined && leadsTo(origins, url);
}

function send(
  dispatch: Dispatch,
  sent: Options,
  handler: Handler,
  authorizer: Authorizer,
  value: string,
): boolean {
  authorizer.attached(String(sent.origin));
  return dispatch(sent, new RefusalHandler(dispatch, sent, handler, authorizer, value));
}

function withHeader(
  options: Options,
  given: FlatHeaders,
  { header }: Pick<Authorizer, "header">,
  value: string,
): Options {
  const headers = withValue(given, header, value);
  if (header === "authorization") return { ...options, headers };
  const { stripHeadersOnCrossOriginRedirect: strip = [] } = options as {
    stripHeadersOnCrossOriginRedirect?: string[];
  };
  const stripping = { stripHeadersOnCrossOriginRedirect: [...strip, header] };
  return { ...options, ...stripping, headers };
}

/** A dispatch that waits for its token. */
function sendWhenLoaded(
  dispatch: Dispatch,
  options: Options,
  headers: FlatHeaders,
  handler: Handler,
  authorizer: Authorizer,
): void {
  const hold = new Hold();
  const stop = new AbortController();
  hold.onAbort = () => {
    stop.abort(hold.reason);
    fail(handler, hold.reason);
  };
  handler.onRequestStart?.(hold, null);
  if (hold.aborted) return;
  authorizer
    .load(stop.signal)
    .then((value) => {
      if (hold.aborted) return;
      send(dispatch, withHeader(options, headers, authorizer, value), handler, authorizer, value);
    })
    .catch((error: unknown) => {
      if (!hold.aborted) fail(handler, error);
    });
}
