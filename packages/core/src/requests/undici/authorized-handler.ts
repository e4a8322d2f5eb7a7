import type { Dispatcher } from "undici";

import type { CachedToken } from "../authorizer.ts";
import { leadsTo } from "../origins.ts";
import { longestRefusal, longestRefusalMs, readBody } from "../../untrusted/read-body.ts";
import { type Refusal, replacementFor } from "../replacement-for.ts";
import { holdSent, lastMade, releaseSent, sentToken, type SentToken } from "../sent-tokens.ts";
import { type FlatHeaders, withOtherToken } from "./headers.ts";
import { fail, Hold } from "./pending-controller.ts";

type Dispatch = Dispatcher.Dispatch;
type Options = Dispatcher.DispatchOptions;
type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;

/** What undici's redirect interceptor tells of the hops before. */
type History = readonly URL[] | undefined;

interface Buffered401 {
  readonly controller: Controller;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly message: string | undefined;
  readonly chunks: Buffer[];
  size: number;
  readonly timer: ReturnType<typeof setTimeout>;
}

/**
 * Sends a request that carries the token. All of its answer is passed on, except a 401: that one is held back until the
 * sources were asked for another token.
 */
export class AuthorizedHandler implements Handler {
  readonly #dispatch: Dispatch;
  readonly #sent: Options;
  readonly #handler: Handler;
  readonly #token: SentToken;
  /** Whether a 401 is an answer like any other: to the second try, and to a connection elsewhere that got no token. */
  #passesRefusals: boolean;
  #isDone = false;
  #held: Buffered401 | undefined;
  #history: History;

  private constructor(
    dispatch: Dispatch,
    sent: Options,
    handler: Handler,
    token: SentToken,
    isSecond = false,
  ) {
    this.#dispatch = dispatch;
    this.#sent = sent;
    this.#handler = handler;
    this.#token = token;
    this.#passesRefusals = isSecond;
  }

  /**
   * Dispatches a request that carries a token. Not a method of the handler: what the compiler sees dispatched here, it need not
   * make where nobody looks at it.
   */
  static send(
    dispatch: Dispatch,
    sent: Options,
    handler: Handler,
    token: SentToken,
    isSecond = false,
  ): boolean {
    const authorized = new AuthorizedHandler(dispatch, sent, handler, token, isSecond);
    const made = lastMade();
    const before = made.count;
    holdSent(token);
    try {
      return dispatch(sent, authorized);
    } catch (error) {
      authorized.#done();
      throw error;
    } finally {
      if (made.count !== before && made.bare) authorized.#passesRefusals = true;
      else token.holder.attached(String(sent.origin ?? made.origin), token.cached);
    }
  }

  #done(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    releaseSent(this.#token);
  }

  onRequestStart(controller: Controller, context: { readonly history?: History } | null): void {
    this.#history = context?.history;
    this.#handler.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(...facts: Parameters<NonNullable<Handler["onRequestUpgrade"]>>): void {
    this.#done();
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
    headers: Buffered401["headers"],
    message?: string,
  ): void {
    if (status !== 401 || this.#passesRefusals || this.#wasElsewhere()) {
      this.#handler.onResponseStart?.(controller, status, headers, message);
      return;
    }
    const timer = setTimeout(() => this.#passOnLate(held), longestRefusalMs);
    const held: Buffered401 = { controller, headers, message, chunks: [], size: 0, timer };
    this.#held = held;
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    const held = this.#held;
    if (held === undefined) {
      this.#handler.onResponseData?.(controller, chunk);
      return;
    }
    held.chunks.push(Buffer.from(chunk));
    held.size += chunk.byteLength;
    if (held.size > longestRefusal) this.#passOn(held);
  }

  onResponseEnd(controller: Controller, trailers: Buffered401["headers"]): void {
    this.#done();
    const held = this.#held;
    if (held === undefined) {
      this.#handler.onResponseEnd?.(controller, trailers);
      return;
    }
    clearTimeout(held.timer);
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
    const { holder, cached } = this.#token;
    replacementFor(holder, cached, refusalOf(held), stop.signal)
      .then((next) => hold.aborted || this.#sendAgain(next) || handBack(), handBack)
      .catch((error: unknown) => fail(this.#handler, error));
  }

  onResponseError(controller: Controller, error: Error): void {
    this.#done();
    clearTimeout(this.#held?.timer);
    this.#held = undefined;
    this.#handler.onResponseError?.(controller, error);
  }

  /** Whether a redirect led to an origin that gets no token: from there on, a 401 says nothing about it. */
  #wasElsewhere(): boolean {
    return this.#history?.some((url) => !leadsTo(this.#token.holder.origins, url)) === true;
  }

  #sendAgain(next: CachedToken | undefined): boolean {
    if (next === undefined || !isReplayable(this.#sent.body)) return false;
    const headers = this.#sent.headers as NonNullable<FlatHeaders>;
    const again = { ...this.#sent, headers: withOtherToken(headers, this.#token.cached, next) };
    // A second refusal is the answer.
    const token = sentToken(this.#token.holder, next);
    AuthorizedHandler.send(this.#dispatch, again, this.#handler, token, true);
    return true;
  }

  /** Hands over a 401 before its end has come, as it comes. Its request is not sent again, the next has another token. */
  #passOn(held: Buffered401): void {
    // What cannot be read whole may mean something else: the token is kept.
    const refusal = { ...refusalOf(held), body: () => Promise.resolve(undefined) };
    replacementFor(this.#token.holder, this.#token.cached, refusal).catch(() => undefined);
    this.#release(held);
  }

  /** From a timer, where nobody catches what a handler throws. */
  #passOnLate(held: Buffered401): void {
    try {
      this.#passOn(held);
    } catch (error) {
      held.controller.abort(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #release({ timer, controller, headers, message, chunks }: Buffered401): void {
    clearTimeout(timer);
    this.#held = undefined;
    this.#handler.onResponseStart?.(controller, 401, headers, message);
    for (const chunk of chunks) this.#handler.onResponseData?.(controller, chunk);
  }
}

/** What a held 401 says. */
function refusalOf(held: Buffered401): Refusal {
  const headers = (): Headers => {
    const all = new Headers();
    for (const [name, value] of Object.entries(held.headers))
      for (const one of [value ?? []].flat()) all.append(name, one);
    return all;
  };
  return { headers, body: () => decoded(held.chunks, headers().get("content-encoding")) };
}

function isReplayable(body: Options["body"]): boolean {
  return body === undefined || body === null || typeof body === "string" || body instanceof Uint8Array;
}

/** The text of a body; `undefined` where it is compressed in a way that the platform does not know, or too long. */
async function decoded(chunks: readonly Buffer[], encoding: string | null): Promise<string | undefined> {
  const body = new Blob(chunks as Buffer<ArrayBuffer>[]);
  if (encoding === null || encoding === "identity") return body.text();
  try {
    const stream = new DecompressionStream(encoding as "gzip");
    return await readBody(new Response(body.stream().pipeThrough(stream)), longestRefusal);
  } catch {
    return undefined;
  }
}
