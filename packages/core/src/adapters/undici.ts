import type { Dispatcher } from "undici";

import { type Authorizer, authorizerOf } from "../authorizer.ts";
import { leadsTo, parseUrl } from "../origin.ts";

type Dispatch = Dispatcher.Dispatch;
type Options = Dispatcher.DispatchOptions;
type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;

/** Anything that a provider's factory returned, from whichever package. */
export interface AnyAuth {
  readonly provider: { readonly id: string };
  readonly origins: readonly string[];
}

/** The largest 401 that is held back to learn its meaning. Bytes. */
const longestRefusal = 65_536;

/**
 * An undici interceptor that adds each auth's header to the requests for that auth's origins, and to no other: each hop
 * of a redirect is judged anew. For `new Agent().compose(authInterceptor(auth))`.
 *
 * A 401 is answered by asking the sources again, and by one more try if they have another token and the body is a text
 * or a buffer. Composed outside undici's own redirect interceptor, it has that strip the header on the way to another
 * origin; a `stripHeadersOnCrossOriginRedirect` of the dispatch itself is kept.
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
      const { origin } = options;
      let failure: unknown;
      let authorizer: Authorizer | undefined;
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
      if (value !== undefined) {
        return send(dispatch, withHeader(options, headers, authorizer, value), handler, authorizer, value);
      }
      sendWhenLoaded(dispatch, { ...options, origin: originOf(origin) }, headers, handler, authorizer);
      return true;
    };
}

function authorizerFor(auth: AnyAuth | undefined): Authorizer {
  return (auth as unknown as { readonly [authorizerOf]: Authorizer })[authorizerOf];
}

function isFor({ origins }: Authorizer, origin: string | URL): boolean {
  if (typeof origin === "string" && origins.includes(origin)) return true;
  const url = parseUrl(String(origin));
  return url !== undefined && leadsTo(origins, url);
}

/** A URL object could be led elsewhere after it was judged. */
function originOf(origin: string | URL | undefined): string {
  return typeof origin === "string" ? origin : new URL(String(origin)).origin;
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
  if (typeof options.origin !== "string")
    return withHeader({ ...options, origin: originOf(options.origin) }, given, { header }, value);
  if (header === "authorization") return { ...options, headers };
  const { stripHeadersOnCrossOriginRedirect: strip = [] } = options as {
    stripHeadersOnCrossOriginRedirect?: string[];
  };
  const stripping = { stripHeadersOnCrossOriginRedirect: [...strip, header] };
  return { ...options, ...stripping, headers };
}

/** undici takes an object, a flat list, or something to iterate over, which may be possible only once. */
function readable(headers: Options["headers"]): FlatHeaders {
  if (headers === undefined || headers === null) return undefined;
  if (Array.isArray(headers) && !Array.isArray(headers[0])) return headers;
  return Symbol.iterator in headers
    ? [...(headers as Iterable<[string, string]>)].flatMap(([name, value]) => [name, value])
    : (headers as Record<string, string>);
}

type FlatHeaders = readonly string[] | Readonly<Record<string, string>> | undefined;

function withValue(headers: FlatHeaders, name: string, value: string): string[] | Record<string, string> {
  if (headers === undefined) return name === "authorization" ? { authorization: value } : { [name]: value };
  return isList(headers) ? [...headers, name, value] : { ...headers, [name]: value };
}

function carries(headers: FlatHeaders, name: string): boolean {
  if (headers === undefined) return false;
  if (isList(headers)) return headers.some((item, index) => index % 2 === 0 && item.toLowerCase() === name);
  for (const key in headers) {
    if (key.length === name.length && key.toLowerCase() === name && Object.hasOwn(headers, key)) return true;
  }
  return false;
}

function isList(headers: NonNullable<FlatHeaders>): headers is readonly string[] {
  return Array.isArray(headers);
}

function fail(handler: Handler, error: unknown): void {
  handler.onResponseError?.(new Hold(), error instanceof Error ? error : new Error(String(error)));
}

/** Stands in for undici's controller while there is no connection: it notices at once that the caller gave up. */
class Hold implements Controller {
  reason: Error | null = null;
  onAbort: (() => void) | undefined;
  readonly paused = false;

  get aborted(): boolean {
    return this.reason !== null;
  }

  abort(reason: Error): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.onAbort?.();
  }

  pause(): void {}
  resume(): void {}
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

/** What undici's redirect interceptor tells of the hops before. */
type History = readonly URL[] | undefined;

interface HeldAnswer {
  readonly controller: Controller;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly message: string | undefined;
  readonly chunks: Buffer[];
  size: number;
}

/** Passes everything on, except a 401: that one is held back until the sources were asked for another token. */
class RefusalHandler implements Handler {
  readonly #dispatch: Dispatch;
  readonly #sent: Options;
  readonly #handler: Handler;
  readonly #authorizer: Authorizer;
  readonly #value: string;
  #held: HeldAnswer | undefined;
  #history: History;

  constructor(dispatch: Dispatch, sent: Options, handler: Handler, authorizer: Authorizer, value: string) {
    this.#dispatch = dispatch;
    this.#sent = sent;
    this.#handler = handler;
    this.#authorizer = authorizer;
    this.#value = value;
  }

  onRequestStart(controller: Controller, context: { readonly history?: History } | null): void {
    this.#history = context?.history;
    this.#handler.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(...facts: Parameters<NonNullable<Handler["onRequestUpgrade"]>>): void {
    this.#handler.onRequestUpgrade?.(...facts);
  }

  onBodySent(chunk: Buffer): void {
    this.#handler.onBodySent?.(chunk);
  }

  onRequestSent(): void {
    this.#handler.onRequestSent?.();
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.();
  }

  onResponseStart(
    controller: Controller,
    status: number,
    headers: HeldAnswer["headers"],
    message?: string,
  ): void {
    if (status === 401 && !this.#wasElsewhere())
      this.#held = { controller, headers, message, chunks: [], size: 0 };
    else this.#handler.onResponseStart?.(controller, status, headers, message);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    const held = this.#held;
    if (held === undefined) {
      this.#handler.onResponseData?.(controller, chunk);
      return;
    }
    held.chunks.push(Buffer.from(chunk));
    held.size += chunk.byteLength;
    if (held.size > longestRefusal) this.#release(held);
  }

  onResponseEnd(controller: Controller, trailers: HeldAnswer["headers"]): void {
    const held = this.#held;
    if (held === undefined) {
      this.#handler.onResponseEnd?.(controller, trailers);
      return;
    }
    // The connection is done with: until the sources have answered, it is this one that the caller can give up.
    const hold = new Hold();
    const stop = new AbortController();
    hold.onAbort = () => {
      stop.abort(hold.reason);
      fail(this.#handler, hold.reason);
    };
    this.#handler.onRequestStart?.(hold, null);
    const handBack = (): void => {
      if (hold.aborted) return;
      this.#release(held);
      this.#handler.onResponseEnd?.(controller, trailers);
    };
    // Where the sources have nothing else, the service's own answer tells more than their failure.
    this.#replacement(held, stop.signal)
      .then((next) => hold.aborted || this.#sendAgain(next) || handBack(), handBack)
      .catch((error: unknown) => fail(this.#handler, error));
  }

  onResponseError(controller: Controller, error: Error): void {
    this.#held = undefined;
    this.#handler.onResponseError?.(controller, error);
  }

  /** Whether a redirect led to an origin that gets no token: from there on, a 401 says nothing about it. */
  #wasElsewhere(): boolean {
    return this.#history?.some((url) => !leadsTo(this.#authorizer.origins, url)) === true;
  }

  async #replacement(held: HeldAnswer, signal: AbortSignal): Promise<string | undefined> {
    if (!this.#authorizer.readsRefusals) return this.#authorizer.replace(this.#value, undefined, signal);
    const headers = new Headers();
    for (const [name, value] of Object.entries(held.headers)) {
      for (const one of [value ?? []].flat()) headers.append(name, one);
    }
    const body = await decoded(held.chunks, headers.get("content-encoding"));
    // What cannot be read may mean something else: the token is kept.
    if (body === undefined) return undefined;
    return this.#authorizer.replace(this.#value, { status: 401, headers, body }, signal);
  }

  #sendAgain(next: string | undefined): boolean {
    if (next === undefined || !isReplayable(this.#sent.body)) return false;
    this.#authorizer.attached(String(this.#sent.origin));
    const headers = this.#sent.headers as NonNullable<FlatHeaders>;
    const replaced = isList(headers)
      ? headers.map((item) => (item === this.#value ? next : item))
      : { ...headers, [this.#authorizer.header]: next };
    this.#dispatch({ ...this.#sent, headers: replaced }, this.#handler);
    return true;
  }

  #release({ controller, headers, message, chunks }: HeldAnswer): void {
    this.#held = undefined;
    this.#handler.onResponseStart?.(controller, 401, headers, message);
    for (const chunk of chunks) this.#handler.onResponseData?.(controller, chunk);
  }
}

function isReplayable(body: Options["body"]): boolean {
  return body === undefined || body === null || typeof body === "string" || body instanceof Uint8Array;
}

/** The text of a body; `undefined` where it is compressed in a way that the platform does not know. */
async function decoded(chunks: readonly Buffer[], encoding: string | null): Promise<string | undefined> {
  const body = new Blob(chunks as Buffer<ArrayBuffer>[]);
  if (encoding === null || encoding === "identity") return body.text();
  try {
    const stream = new DecompressionStream(encoding as "gzip");
    return await new Response(body.stream().pipeThrough(stream)).text();
  } catch {
    return undefined;
  }
}
