type Fetch = typeof globalThis.fetch;
type HeadersInit = NonNullable<RequestInit["headers"]>;

/** A request whose redirects are followed here, since the platform would take the header along. */
export interface RedirectedRequest {
  readonly fetch: Fetch;
  readonly url: string;
  readonly target: Parameters<Fetch>[0];
  readonly init: RequestInit | undefined;
  /** What the caller set. */
  readonly headers: HeadersInit | undefined;
  /** Name of the header that carries the token. */
  readonly header: string;
  /** The value that a URL may be sent, if any. */
  readonly value: (url: string) => string | undefined;
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
export async function followRedirects(first: Response, request: RedirectedRequest): Promise<Response> {
  if (first.type === "opaqueredirect") throw failed("this platform does not show where the redirect leads");
  const { target, init } = request;
  const source = typeof target === "object" && "url" in target ? target : undefined;
  const headers = new Headers(request.headers);
  let method = (init?.method ?? source?.method ?? "GET").toUpperCase();
  let body = init?.body ?? null;
  // The body of a Request went with the first hop, and only the platform could have sent it again.
  const spent = body === null && (source?.body ?? null) !== null;
  let left = false;
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
    } else if (method !== "GET" && method !== "HEAD" && (spent || body instanceof ReadableStream)) {
      throw failed("the redirect asks for the body again, which was a stream");
    }
    if (next.origin !== url.origin) for (const name of originHeaders) headers.delete(name);
    const value: string | undefined = left ? undefined : request.value(next.href);
    left ||= value === undefined;

    await response.body?.cancel().catch(() => undefined);
    const carrying = new Headers(headers);
    if (value !== undefined) carrying.set(request.header, value);
    const signal = init?.signal ?? source?.signal;
    response = await request.fetch(next.href, {
      ...init,
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
  return response;
}

function isRedirect({ status }: Response): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

function failed(reason: string): TypeError {
  return new TypeError("fetch failed", { cause: new Error(reason) });
}
