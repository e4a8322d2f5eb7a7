/** A parsed origin, or what keeps the text from being one. */
export type OriginResult = { readonly origin: string } | { readonly problem: string };

/**
 * Reads an origin that is to receive a token: scheme, host and port, nothing else. Plain http is for loopback addresses
 * only, unless the caller says that it may be.
 */
export function parseOrigin(text: string, insecure: boolean): OriginResult {
  const url = parseUrl(text);
  if (url === undefined) return { problem: `"${text}" is not a URL` };
  if (hasUser(url)) return { problem: "it has a user name or password in it" };
  if (!isHttp(url)) return { problem: `"${text}" is neither https nor http` };
  if (url.hostname.includes("*")) return { problem: `"${text}" has a wildcard` };
  if (url.pathname !== "/" || /[?#]/.test(text))
    return { problem: `"${url.origin}${url.pathname}" has a path or query behind the origin` };
  if (url.protocol === "http:" && !insecure && !isLoopback(url.hostname))
    return { problem: `"${url.origin}" is plain http, which shows the token to everyone on the way` };
  return { origin: url.origin };
}

/** The absolute URL of a text, or `undefined` if it is none. */
export function parseUrl(text: unknown, base?: string): URL | undefined {
  return typeof text === "string" && URL.canParse(text, base) ? new URL(text, base) : undefined;
}

/** Whether a URL's host name is this machine for certain. `localhost.` and names below `localhost` depend on DNS. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Whether a URL leads to one of the origins. A URL with a user name in it brings its own credentials: never. */
export function leadsTo(origins: readonly string[], url: URL): boolean {
  // The origin of a `blob:` URL is that of the page which made it.
  return isHttp(url) && !hasUser(url) && origins.includes(url.origin);
}

function isHttp({ protocol }: URL): boolean {
  return protocol === "https:" || protocol === "http:";
}

/** Whether a URL has a user name or password in it. */
export function hasUser({ username, password }: URL): boolean {
  return username + password !== "";
}

/** Whether a URL of an IP address stands for one of the origins, whose host it was told, such as `api.acme.example:8443`. */
export function isAddressOf(
  { protocol, hostname, port }: URL,
  host: unknown,
  origins: readonly string[],
): boolean {
  if (typeof host !== "string" || !/^(?:\[[\da-f:.]+\]|\d+(?:\.\d+){3})$/.test(hostname)) return false;
  const named = parseUrl(`${protocol}//${host}`);
  return named !== undefined && named.port === port && leadsTo(origins, named);
}

/** The origins that may receive the token, and where inputs lead. Made once for an auth, asked for each request. */
export interface AllowedOrigins {
  /** The origin of the base URL. */
  readonly base: string;
  /** The base URL without a slash at its end: a path that begins with one goes behind it. */
  readonly baseUrl: string;
  /** What an absolute URL on the first origin begins with. */
  readonly prefix: string;
  /** The absolute URL of a text: see {@link joinUrl}. */
  resolve(input: unknown): string;
  /** The allowed origin that an absolute URL is on, or `undefined`. */
  originOf(url: string): string | undefined;
}

export function createAllowedOrigins(baseUrl: string, origins: readonly string[]): AllowedOrigins {
  const prefixes = origins.map((origin) => `${origin}/`);
  const [prefix = ""] = prefixes;
  return {
    base: new URL(baseUrl).origin,
    baseUrl: withoutSlash(new URL(baseUrl).href),
    prefix,
    resolve: (input) =>
      typeof input === "string" && input.startsWith(prefix) ? input : joinUrl(baseUrl, input),
    originOf(url) {
      // A text that begins with an origin and a slash is on that origin, whatever follows: no need to parse it.
      if (url.startsWith(prefix)) return origins[0];
      const index = prefixes.findIndex((one) => url.startsWith(one));
      if (index !== -1) return origins[index];
      const parsed = parseUrl(url);
      return parsed !== undefined && leadsTo(origins, parsed) ? parsed.origin : undefined;
    },
  };
}

/** Whether a relative input stays on its base's origin for certain: `/path`, but neither `//host` nor `/\\host`. */
export function isPath(input: string): boolean {
  const second = input.charCodeAt(1);
  // Nor `/` and a character that the URL parser removes.
  return input.charCodeAt(0) === 47 && second > 32 && second !== 47 && second !== 92;
}

/**
 * The absolute URL of a text. One that is absolute by itself is judged as that, `https:host` with no slash among them, and
 * `//host` leads to the host. Anything else is joined to the base URL, its path included, with or without a slash between
 * them. Throws a `TypeError` for what is no text, or blank; a text that can be no URL comes back as it is.
 */
export function joinUrl(baseUrl: string, input: unknown): string {
  if (typeof input !== "string" || input.trim() === "") throw new TypeError(`${kindOf(input)} is no URL.`);
  // What an object becomes that is no URL: not a path by any means.
  if (input.startsWith("[object ")) throw new TypeError(`${input} is no URL.`);
  const absolute = parseUrl(input);
  if (absolute !== undefined) return absolute.href;
  // As the URL parser reads it: it removes these characters.
  // eslint-disable-next-line no-control-regex -- control characters are what it removes
  const text = input.replace(/[\t\n\r]/g, "").replace(/^[\u0000-\u0020]+/, "");
  if (/^[a-z][a-z\d+.-]*:/i.test(text)) return input;
  const url = /^[/\\]{2}/.test(text)
    ? parseUrl(text, baseUrl)
    : parseUrl(`${withoutSlash(baseUrl)}/${text.replace(/^[/\\]/, "")}`);
  return url?.href ?? input;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

/** For a message that does not quote: what was given may be anything, also a secret. */
function kindOf(input: unknown): string {
  if (input === null || input === undefined) return String(input);
  return input === "" ? "An empty text" : `This ${typeof input}`;
}
