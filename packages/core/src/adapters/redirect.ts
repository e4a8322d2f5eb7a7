import { isReadOnce } from "./body.ts";

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
  let method = (sent.method ?? source?.method ?? "GET").toUpperCase();
  let body = sent.body ?? null;
  // The body of a Request went with the first hop, and only the platform could have sent it again.
  const spent = body === null && (source?.body ?? null) !== null;
  let left = false;
  let carried = true;
  let url = new URL(request.url);
  let response = first;

  for (let hops = 0; isRedirect(response); hops++) {
    const location = response.headers.get("location");
    if (location === null) break;
    if (hops === 20) throw failed("the redirect count was exceeded");
    const next = URL.canParse(location, url.href) ? new URL(location, url.href) : undefined;
    if (next === undefined) throw failed("the redirect leads to no URL");
    if (next.protocol !== "https:" && next.protocol !== "http:")
      throw failed("the redirect leads away from HTTP");
    if (next.hash === "") next.hash = url.hash;

    const { status } = response;
    if (
      (status !== 303 && method === "POST" && status < 303) ||
      (status === 303 && method !== "GET" && method !== "HEAD")
    ) {
      method = "GET";
      body = null;
      for (const name of bodyHeaders) headers.delete(name);
    } else if (method !== "GET" && method !== "HEAD" && (spent || isReadOnce(body))) {
      throw failed("the redirect asks for the body again, which was a stream");
    }
    if (next.origin !== url.origin) for (const name of originHeaders) headers.delete(name);
    const value: string | undefined = left ? undefined : request.value(next.href);
    left ||= value === undefined;
    carried = value !== undefined;

    await response.body?.cancel().catch(() => undefined);
    const carrying = new Headers(headers);
    if (value !== undefined) carrying.set(request.header, value);
    const signal = sent.signal ?? source?.signal;
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

/** Whether an answer is a redirect that was not followed. Where a redirect leads, a page is not shown. */
export function isRedirect({ status, type }: Response): boolean {
  return [301, 302, 303, 307, 308].includes(status) || type === "opaqueredirect";
}

function failed(reason: string): TypeError {
  return new TypeError("fetch failed", { cause: new Error(reason) });
}
