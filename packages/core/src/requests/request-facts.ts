/** What stands in a `Request`, and the options that would make it. */
export interface RequestFacts {
  readonly url: string;
  readonly init: RequestInit;
}

/** The members of a `Request` that are options of `fetch` too. */
const members = [
  "method",
  "headers",
  "body",
  "referrer",
  "referrerPolicy",
  "mode",
  "credentials",
  "cache",
  "redirect",
  "integrity",
  "keepalive",
  "signal",
] as const;

/**
 * A member of a platform's `Request` as the platform itself reads it, whatever the object says of itself: a member of its own
 * could tell one thing to us and another to whoever sends it.
 */
export function ownMember<Name extends keyof Request>(request: Request, name: Name): Request[Name] {
  return Reflect.get(Request.prototype, name, request) as Request[Name];
}

/** Whether this is a `Request` of the platform's own. */
export function isPlatformRequest(input: object): input is Request {
  try {
    return typeof Request === "function" && typeof ownMember(input as Request, "url") === "string";
  } catch {
    return false;
  }
}

/** A `Request` as an address and options. The body of one with a body is a stream then. */
export function factsOf(request: Request, read: typeof ownMember = ownMember): RequestFacts {
  const init: Record<string, unknown> = {};
  for (const name of members) {
    const value = readable(request, name, read);
    if (value !== undefined && value !== null) init[name] = value;
  }
  if (init["body"] !== undefined) init["duplex"] = "half";
  if (init["mode"] === "navigate") delete init["mode"];
  return { url: read(request, "url"), init };
}

/** Not every platform has every member. */
function readable(request: Request, name: (typeof members)[number], read: typeof ownMember): unknown {
  try {
    return read(request, name);
  } catch {
    return undefined;
  }
}

/**
 * The same of another library's `Request`, or of one from another realm: its members are looked at once. `undefined` for
 * what is none.
 */
export function foreignFacts(input: object): RequestFacts | undefined {
  const seen = factsOf(input as Request, (request, name) => request[name]);
  const { method, headers } = seen.init;
  const isRequest =
    typeof seen.url === "string" &&
    typeof method === "string" &&
    typeof headers === "object" &&
    Symbol.iterator in headers;
  return isRequest ? seen : undefined;
}

/** The address of a URL object, whatever it says of itself, or of one of another realm, asked once. */
export function addressOfUrl(input: object): string | undefined {
  if (input instanceof URL) return Reflect.get(URL.prototype, "href", input);
  if (Object.prototype.toString.call(input) !== "[object URL]") return undefined;
  const { href } = input as { readonly href?: unknown };
  return typeof href === "string" ? href : undefined;
}
