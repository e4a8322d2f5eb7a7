import { isReadOnce } from "./body.ts";
import { isRedirect } from "./is-redirect.ts";
import { requestSignal } from "./request-signal.ts";

type Fetch = typeof globalThis.fetch;

/** A request whose redirects are followed here, since the platform would take the header along. */
export interface RedirectedRequest {
  readonly fetch: Fetch;
  readonly target: string | Request;
  readonly url: string;
  /** The options of the first hop. */
  readonly sent: RequestInit;
  /** Name of the header that carries the token. */
  readonly header: string;
  /** The value that a URL may be sent, if any. */
  readonly value: (url: string) => string | undefined;
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
  const { target, sent } = request;
  const source = typeof target === "string" ? undefined : target;
  const headers = new Headers(sent.headers);
  headers.delete(request.header);
  const signal = requestSignal(target, sent);
  let method = sent.method ?? source?.method ?? "GET";
  let body = sent.body ?? null;
  // The body of a Request went with the first hop, and only the platform could have sent it again.
  const spent = body === null && (source?.body ?? null) !== null;
  let left = false;
  let carried = true;
  let url = new URL(request.url);
  let response = first;

  for (let hops = 0; isRedirect(response); hops++) {
    const given = response.headers.get("location");
    if (given === null) break;
    response.body?.cancel().catch(() => undefined);
    const location = asUtf8(given);
    if (hops === 20) throw failed("the redirect count was exceeded");
    const next = URL.canParse(location, url.href) ? new URL(location, url.href) : undefined;
    if (next === undefined) throw failed("the redirect leads to no URL");
    if (next.protocol !== "https:" && next.protocol !== "http:")
      throw failed("the redirect leads away from HTTP");
    if (next.hash === "") next.hash = url.hash;

    const { status } = response;
    const verb = method.toUpperCase();
    const reads = verb === "GET" || verb === "HEAD";
    if ((status < 303 && verb === "POST") || (status === 303 && !reads)) {
      method = "GET";
      body = null;
      for (const name of bodyHeaders) headers.delete(name);
    } else if (!reads && (spent || isReadOnce(body))) {
      throw failed("the redirect asks for the body again, which was a stream");
    }
    if (next.origin !== url.origin) for (const name of originHeaders) headers.delete(name);
    const value: string | undefined = left ? undefined : request.value(next.href);
    left ||= value === undefined;
    carried = value !== undefined;

    const carrying = new Headers(headers);
    if (value !== undefined) carrying.set(request.header, value);
    response = await request.fetch(next.href, {
      ...sent,
      method,
      body,
      headers: carrying,
      redirect: "manual",
      ...(signal !== undefined && { signal }),
    });
    url = next;
  }
  // The platform sees single requests; the caller made one that was redirected.
  if (response !== first) Object.defineProperty(response, "redirected", { value: true });
  return { arrived: response, carried };
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
