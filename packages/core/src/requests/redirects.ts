import { discard, isReadOnce } from "./body.ts";
import { isRedirect } from "./is-redirect.ts";
import { policyOf, referrerAfter } from "./referrer.ts";
import { factsOf } from "./request-facts.ts";
import { requestSignal } from "./request-signal.ts";

type Fetch = typeof globalThis.fetch;

/** A request whose redirects are followed here, since the platform would take the header along. */
export interface RedirectedRequest {
  readonly fetch: Fetch;
  readonly target: string | Request;
  readonly url: string;
  /** The options of the first hop. */
  readonly sent: RequestInit;
  /** The caller's headers alone. */
  readonly own: RequestInit["headers"];
  /** Adds what carries the token to a hop's headers, where its URL may have it. */
  readonly authorize: (url: string, headers: Headers) => boolean;
}

/** Where a chain of redirects ended. */
export interface Arrival {
  readonly arrived: Response;
  /** Whether the last hop carried the token. */
  readonly carried: boolean;
}

/** Headers that speak of the body, which a redirect to GET drops. */
const bodyHeaders = [
  "content-encoding",
  "content-language",
  "content-location",
  "content-type",
  "content-length",
];
/** Headers of the caller's that are for the first origin only. */
const originHeaders = ["authorization", "proxy-authorization", "cookie", "host"];

/**
 * Follows redirects as the fetch standard does (section 4.6, HTTP-redirect fetch; read 2026-11), with the header on the
 * hops to allowed origins. Once the chain has left them, the header does not come back.
 */
export async function followRedirects(first: Response, request: RedirectedRequest): Promise<Arrival> {
  if (first.type === "opaqueredirect") throw failed("this platform does not show where the redirect leads");
  const { target } = request;
  const signal = requestSignal(target, request.sent);
  const { body: given, ...members } = typeof target === "string" ? {} : factsOf(target).init;
  const sent: RequestInit = { ...members, ...request.sent };
  const headers = new Headers(request.own);
  let { method = "GET", body = null, referrer, referrerPolicy } = sent;
  // The body of a Request went with the first hop, and only the platform could have sent it again.
  const spent = body === null && given !== undefined;
  let left = false;
  let carried = true;
  let crossed = false;
  const start = new URL(request.url);
  let url = start;
  let response = first;

  for (let hops = 0; isRedirect(response); hops++) {
    const location = response.headers.get("location");
    if (location === null) break;
    discard(response);
    if (hops === 20) throw failed("the redirect count was exceeded");
    const next = locationOf(asUtf8(location), url);
    const { status } = response;
    const verb = method.toUpperCase();
    const reads = verb === "GET" || verb === "HEAD";
    if (status !== 303 && isReadOnce(body)) throw failed("the redirect came while the body was a stream");
    if ((status < 303 && verb === "POST") || (status === 303 && !reads)) {
      method = "GET";
      body = null;
      for (const name of bodyHeaders) headers.delete(name);
    } else if (!reads && spent) {
      throw failed("the redirect asks for the body again, which was a Request's");
    }
    if (next.origin !== url.origin) for (const name of originHeaders) headers.delete(name);
    crossed ||= next.origin !== start.origin;
    if (crossed && sent.mode === "same-origin") throw failed("the redirect leads to another origin");
    referrer = referrerAfter(referrer, referrerPolicy, url);
    referrerPolicy = policyOf(response.headers) ?? referrerPolicy;
    const sentHeaders = new Headers(headers);
    carried = !left && request.authorize(next.href, sentHeaders);
    left ||= !carried;
    response = await request.fetch(next.href, {
      ...sent,
      method,
      body,
      headers: sentHeaders,
      redirect: "manual",
      ...(referrer !== undefined && { referrer }),
      ...(referrerPolicy !== undefined && { referrerPolicy }),
      ...(signal !== undefined && { signal }),
    });
    url = next;
  }
  return { arrived: response === first ? first : asRedirected(response, crossed), carried };
}

function locationOf(location: string, from: URL): URL {
  const next = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  if (next === undefined) throw failed("the redirect leads to no URL");
  if (next.protocol !== "https:" && next.protocol !== "http:")
    throw failed("the redirect leads away from HTTP");
  if (next.hash === "") next.hash = from.hash;
  return next;
}

/** The platform sees single requests; the caller made one that was redirected. */
function asRedirected(response: Response, crossed: boolean): Response {
  const clone = response.clone.bind(response);
  return Object.defineProperties(response, {
    redirected: { value: true },
    ...(crossed && response.type === "basic" && { type: { value: "cors" } }),
    clone: { value: () => asRedirected(clone(), crossed) },
  });
}

/** A header comes as Latin-1, and a URL in it is UTF-8. Where a platform has seen to that already, it stays as it is. */
function asUtf8(text: string): string {
  try {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return text;
  }
}

function failed(reason: string): TypeError {
  return new TypeError("fetch failed", { cause: new Error(reason) });
}
