import type { CachedToken, TokenHolder } from "./authorizer.ts";
import type { AllowedOrigins } from "./origins.ts";
import { longestRefusal, longestRefusalMs, readBody } from "../untrusted/read-body.ts";
import { withTimeLimit } from "../time-limit.ts";
import { discard, isReadOnce } from "./body.ts";
import { addToken, withToken } from "./headers.ts";
import { isRedirect } from "./is-redirect.ts";
import { type Arrival, followRedirects } from "./redirects.ts";
import { ownMember } from "./request-facts.ts";
import { type Refusal, replacementFor } from "./replacement-for.ts";
import { requestSignal } from "./request-signal.ts";
import { holdSent, releaseSent, sentToken, type SentToken } from "./sent-tokens.ts";

/** What requests are sent with. */
export interface Sender {
  readonly holder: TokenHolder;
  readonly allowed: AllowedOrigins;
  readonly fetch: typeof globalThis.fetch;
}

/** A request that has been sent with the token. */
export interface SentRequest {
  readonly target: string | Request;
  /** Options that are the adapter's own, with the headers in them. */
  readonly sent: RequestInit;
  /** The caller's headers alone. */
  readonly own: RequestInit["headers"];
  /** Whether its redirects are followed here. */
  readonly follows: boolean;
}

/** What it was sent with. */
export interface Carried {
  readonly current: CachedToken;
  /** Where the token is taken off a connection that leads elsewhere. */
  readonly token?: SentToken;
}

/** What is left to do after an answer that is a 401 or a redirect. */
export async function settle(
  response: Response,
  request: SentRequest,
  { current, token }: Carried,
  sender: Sender,
): Promise<Response> {
  const { target, sent, own } = request;
  const { holder, allowed, fetch } = sender;
  const { arrived, carried } = await follow(response, request, sender, current);
  // Where the last hop went without the token, its 401 says nothing about it.
  if (arrived.status !== 401 || !carried || (token?.takenOff ?? 0) > 0) return arrived;
  const signal = requestSignal(target, sent);
  const next = await replacementFor(holder, current, refusalOf(arrived, signal), signal);
  if (next === undefined || !isReplayable(request)) return arrived;
  discard(arrived);
  holder.attached(allowed.originOf(urlOf(target)) ?? allowed.base, next);
  const again = { ...sent, headers: withToken(own, next) };
  const renewed = token && sentToken(holder, next);
  if (renewed) holdSent(renewed);
  try {
    return (await follow(await fetch(target, again), request, sender, next)).arrived;
  } finally {
    if (renewed) releaseSent(renewed);
  }
}

async function follow(
  response: Response,
  { target, sent, own, follows }: SentRequest,
  { holder, allowed, fetch }: Sender,
  cached: CachedToken,
): Promise<Arrival> {
  if (!follows || !isRedirect(response)) {
    const carried = !response.redirected || allowed.originOf(response.url) !== undefined;
    // The platform has followed it, and left the header behind.
    if (!carried) holder.withheld(response.url, "foreign origin");
    return { arrived: response, carried };
  }
  const authorize = (url: string, headers: Headers): boolean => {
    const origin = allowed.originOf(url);
    if (origin === undefined) {
      holder.withheld(url, "foreign origin");
      return false;
    }
    holder.attached(origin, cached);
    addToken(headers, cached);
    return true;
  };
  return followRedirects(response, { fetch, target, url: urlOf(target), sent, own, authorize });
}

function urlOf(target: string | Request): string {
  return typeof target === "string" ? target : ownMember(target, "url");
}

function isReplayable({ target, sent: { body } }: SentRequest): boolean {
  if (body !== undefined && body !== null) return !isReadOnce(body);
  // Not every browser has the member: there, only the method tells.
  return typeof target === "string" || target.body === null || /^(?:GET|HEAD)$/.test(target.method);
}

/** A copy is read, no further than is needed. */
function refusalOf(response: Response, signal: AbortSignal | undefined): Refusal {
  return {
    headers: () => response.headers,
    async body() {
      const copy = response.clone();
      const reading = withTimeLimit(
        (stop) => readBody(asWebBody(copy), longestRefusal, stop),
        longestRefusalMs,
        signal,
      );
      const body = await reading.catch(() => undefined);
      signal?.throwIfAborted();
      return body;
    },
  };
}

/** A library's own `fetch` may answer with a stream of Node.js. */
function asWebBody(response: Response): Response {
  const body: unknown = response.body;
  if (typeof body !== "object" || body === null || "getReader" in body) return response;
  return new Response(ReadableStream.from(body as AsyncIterable<Uint8Array>));
}
