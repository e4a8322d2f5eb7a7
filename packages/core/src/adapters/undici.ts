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
  let authorizers: readonly Authorizer[] | undefined;

  return (dispatch) =>
    function authorizedDispatch(options, handler) {
      try {
        authorizers ??= list.map(
          (auth) => (auth as unknown as { readonly [authorizerOf]: Authorizer })[authorizerOf],
        );
      } catch (error) {
        fail(handler, error);
        return false;
      }
      const { origin } = options;
      const authorizer = origin === undefined ? undefined : find(authorizers, origin);
      if (authorizer === undefined) {
        for (const one of authorizers) one.withheld(String(origin), "foreign origin");
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
      const outgoing = { dispatch, options, headers, handler, authorizer };
      const value = authorizer.current();
      if (value !== undefined) return send(outgoing, value);
      sendWhenLoaded(outgoing);
      return true;
    };
}

function find(authorizers: readonly Authorizer[], origin: string | URL): Authorizer | undefined {
  for (const authorizer of authorizers) {
    if (typeof origin === "string" && authorizer.origins.includes(origin)) return authorizer;
  }
  const url = parseUrl(String(origin));
  return url && authorizers.find((authorizer) => leadsTo(authorizer.origins, url));
}

/** A request on its way to an allowed origin. */
interface Outgoing {
  readonly dispatch: Dispatch;
  readonly options: Options;
  /** The caller's, in a form that can be read again. */
  readonly headers: FlatHeaders;
  readonly handler: Handler;
  readonly authorizer: Authorizer;
}

function send(outgoing: Outgoing, value: string): boolean {
  outgoing.authorizer.attached(String(outgoing.options.origin));
  return outgoing.dispatch(withHeader(outgoing, value), new RefusalHandler(outgoing, value));
}

function withHeader({ options, headers: given, authorizer: { header } }: Outgoing, value: string): Options {
  const headers = withValue(given, header, value);
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
function sendWhenLoaded(outgoing: Outgoing): void {
  const { handler, authorizer } = outgoing;
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
      if (!hold.aborted) send(outgoing, value);
    })
    .catch((error: unknown) => {
      if (!hold.aborted) fail(handler, error);
    });
}

interface HeldAnswer {
  readonly controller: Controller;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly message: string | undefined;
  readonly chunks: Buffer[];
  size: number;
}

/** Passes everything on, except a 401: that one is held back until the sources were asked for another token. */
class RefusalHandler implements Handler {
  readonly #outgoing: Outgoing;
  readonly #handler: Handler;
  readonly #value: string;
  #held: HeldAnswer | undefined;

  constructor(outgoing: Outgoing, value: string) {
    this.#outgoing = outgoing;
    this.#handler = outgoing.handler;
    this.#value = value;
  }

  onRequestStart(controller: Controller, context: unknown): void {
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
    if (status === 401) this.#held = { controller, headers, message, chunks: [], size: 0 };
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
    const handBack = (): void => {
      this.#release(held);
      this.#handler.onResponseEnd?.(controller, trailers);
    };
    // Where the sources have nothing else, the service's own answer tells more than their failure.
    this.#replacement(held)
      .then((next) => this.#sendAgain(next) || handBack(), handBack)
      .catch((error: unknown) => fail(this.#handler, error));
  }

  onResponseError(controller: Controller, error: Error): void {
    this.#held = undefined;
    this.#handler.onResponseError?.(controller, error);
  }

  async #replacement(held: HeldAnswer): Promise<string | undefined> {
    const { authorizer } = this.#outgoing;
    if (!authorizer.readsRefusals) return authorizer.replace(this.#value, undefined);
    const headers = new Headers();
    for (const [name, value] of Object.entries(held.headers)) {
      for (const one of [value ?? []].flat()) headers.append(name, one);
    }
    const body = await decoded(held.chunks, headers.get("content-encoding"));
    return authorizer.replace(this.#value, { status: 401, headers, body });
  }

  #sendAgain(next: string | undefined): boolean {
    const { dispatch, options, authorizer } = this.#outgoing;
    if (next === undefined || !isReplayable(options.body)) return false;
    authorizer.attached(String(options.origin));
    dispatch(withHeader(this.#outgoing, next), this.#handler);
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

async function decoded(chunks: readonly Buffer[], encoding: string | null): Promise<string> {
  const body = new Blob(chunks as Buffer<ArrayBuffer>[]);
  if (encoding !== "gzip" && encoding !== "deflate") return body.text();
  return new Response(body.stream().pipeThrough(new DecompressionStream(encoding))).text();
}
