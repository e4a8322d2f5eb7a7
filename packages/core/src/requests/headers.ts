import { addFixed, type CachedToken, headersOf, joined } from "./authorizer.ts";
import { hasHeader } from "./has-header.ts";

type HeadersInit = NonNullable<RequestInit["headers"]>;

/** Headers that can be read again. */
export function readable(headers: HeadersInit | undefined): HeadersInit | undefined {
  return headers === undefined || !isIterable(headers) || headers instanceof Headers
    ? headers
    : new Headers(headers);
}

/** Whether readable headers have one of these, in any case. The names are in lower case. */
export function hasAny(headers: HeadersInit, names: readonly string[]): boolean {
  // By now, what can be iterated over is a Headers.
  return isIterable(headers)
    ? names.some((name) => (headers as Headers).has(name))
    : hasHeader(headers, names);
}

/** A caller's headers and those that carry the token. The caller has none of the latter's names. */
export function withToken(headers: HeadersInit | undefined, sent: CachedToken): HeadersInit {
  if (headers === undefined) return headersOf(sent);
  if (isIterable(headers)) {
    const copy = new Headers(headers);
    addToken(copy, sent);
    return copy;
  }
  const { header, value, beside } = sent;
  // The order is the one that costs least.
  const all: Record<string, string> =
    header === "authorization" ? { authorization: value, ...headers } : { [header]: value, ...headers };
  if (beside !== undefined) addFixed(all, beside);
  return all;
}

/** Adds what carries the token to headers of one's own. */
export function addToken(headers: Headers, { header, value, beside = [] }: CachedToken): void {
  headers.set(header, value);
  for (const { name, value: fixed, isList } of beside) {
    if (isList) headers.set(name, joined(headers.get(name), fixed));
    else if (!headers.has(name)) headers.set(name, fixed);
  }
}

function isIterable(headers: HeadersInit): headers is Headers | [string, string][] {
  return Symbol.iterator in headers;
}
