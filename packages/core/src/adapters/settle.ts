import type { Authorizer } from "../authorizer.ts";
import type { Destinations } from "../origin.ts";
import { longestRefusal, longestRefusalMs, readBody } from "../read-body.ts";
import { withTimeLimit } from "../time-limit.ts";
import { isReadOnce } from "./body.ts";
import { isRedirect } from "./is-redirect.ts";
import { type Arrival, followRedirects } from "./redirect.ts";
import { requestSignal } from "./request-signal.ts";

/** What requests are sent with. */
export interface Sender {
  readonly authorizer: Authorizer;
  readonly destinations: Destinations;
  readonly fetch: typeof globalThis.fetch;
}

/** A request that has been sent with the header. */
export interface SentRequest {
  readonly target: string | Request;
  /** Options that are the adapter's own, with the header in them. */
  readonly sent: RequestInit;
  /** Whether its redirects are followed here. */
  readonly follows: boolean;
}

/**
 * What is left to do after an answer that is a 401 or a redirect. This is the boundary of what the adapter needs then and
 * only then: it is loaded with the first such answer.
 */
export async function settle(response: Response, request: SentRequest, sender: Sender): Promise<Response> {
  const { target, sent } = request;
  const { authorizer, destinations, fetch } = sender;
  const headers = new Headers(sent.headers);
  const value = headers.get(authorizer.header) ?? "";
  const { arrived, carried } = await follow(response, request, sender, value);
  // Where the last hop went without the token, its 401 says nothing about it.
  if (arrived.status !== 401 || !carried) return arrived;
  const next = await replacement(arrived, value, authorizer, requestSignal(target, sent));
  if (next === undefined || !isReplayable(request)) return arrived;
  arrived.body?.cancel().catch(() => undefined);
  authorizer.attached(destinations.allowed(urlOf(target)) ?? destinations.base);
  headers.set(authorizer.header, next);
  const again = { ...sent, headers };
  return (await follow(await fetch(target, again), { ...request, sent: again }, sender, next)).arrived;
}

async function follow(
  response: Response,
  { target, sent, follows }: SentRequest,
  { authorizer, destinations, fetch }: Sender,
  value: string,
): Promise<Arrival> {
  if (!follows || !isRedirect(response)) {
    const carried = !response.redirected || destinations.allowed(response.url) !== undefined;
    return { arrived: response, carried };
  }
  const valueFor = (url: string): string | undefined => {
    const origin = destinations.allowed(url);
    if (origin === undefined) authorizer.withheld(url, "foreign origin");
    else authorizer.attached(origin);
    return origin === undefined ? undefined : value;
  };
  const { header } = authorizer;
  return followRedirects(response, { fetch, target, url: urlOf(target), sent, header, value: valueFor });
}

async function replacement(
  response: Response,
  value: string,
  authorizer: Authorizer,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    if (!authorizer.readsRefusals) return await authorizer.replace(value, undefined, signal);
    const body = await readRefusal(response, signal);
    // What cannot be read may mean something else: the token is kept.
    if (body === undefined) return undefined;
    return await authorizer.replace(value, { status: 401, headers: response.headers, body }, signal);
  } catch {
    // The sources have nothing else: the service's own answer tells more than their failure.
    signal?.throwIfAborted();
    return undefined;
  }
}

function urlOf(target: string | Request): string {
  return typeof target === "string" ? target : target.url;
}

function isReplayable({ target, sent: { body } }: SentRequest): boolean {
  if (body !== undefined && body !== null) return !isReadOnce(body);
  // Not every browser has the member: there, only the method tells.
  return typeof target === "string" || target.body === null || /^(?:GET|HEAD)$/.test(target.method);
}

/** The text of a 401; `undefined` where it is too long, or does not end. */
async function readRefusal(response: Response, signal: AbortSignal | undefined): Promise<string | undefined> {
  const copy = response.clone();
  const reading = withTimeLimit((stop) => readBody(copy, longestRefusal, stop), longestRefusalMs, signal);
  return reading.catch(() => {
    signal?.throwIfAborted();
    return undefined;
  });
}
