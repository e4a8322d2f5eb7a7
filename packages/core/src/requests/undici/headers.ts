import type { Dispatcher } from "undici";

import { addFixed, type CachedToken, type FixedHeader, headersOf, missingItems } from "../authorizer.ts";
import { hasHeader } from "../has-header.ts";

/** A caller's headers in a form that can be read again. */
export type FlatHeaders = readonly string[] | Readonly<Record<string, string>> | undefined;

/** undici takes an object, a flat list, or something to iterate over, which may be possible only once. */
export function readable(headers: Dispatcher.DispatchOptions["headers"]): FlatHeaders {
  if (headers === undefined || headers === null) return undefined;
  if (Array.isArray(headers) && !Array.isArray(headers[0])) return headers;
  return Symbol.iterator in headers
    ? [...(headers as Iterable<[string, string]>)].flatMap(([name, value]) => [name, value])
    : (headers as Record<string, string>);
}

/** The headers, and those that carry the token. The caller has none of the latter's names. */
export function withToken(headers: FlatHeaders, sent: CachedToken): string[] | Record<string, string> {
  if (headers === undefined) return headersOf(sent);
  const { header, value, beside } = sent;
  if (isList(headers))
    return [...headers, header, value].concat(beside === undefined ? [] : besidesIn(headers, beside));
  // The order is the one that takes the least time, and so is the literal.
  const all: Record<string, string> =
    header === "authorization" ? { ...headers, authorization: value } : { ...headers, [header]: value };
  if (beside !== undefined) addFixed(all, beside);
  return all;
}

function besidesIn(headers: readonly string[], beside: readonly FixedHeader[]): string[] {
  return beside.flatMap(({ name, value, isList: isJoined }) => {
    const given = headers.filter((_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === name);
    if (given.length > 0 && !isJoined) return [];
    // A list header may stand there several times: it is one list all the same.
    const missing = missingItems(given.join(","), value);
    return missing === "" ? [] : [name, missing];
  });
}

/** The same for headers that carry a token already, which the other takes the place of. */
export function withOtherToken(
  headers: NonNullable<FlatHeaders>,
  before: CachedToken,
  next: CachedToken,
): string[] | Record<string, string> {
  if (!isList(headers)) {
    const { [before.header]: _, ...rest } = headers;
    return withToken(rest, next);
  }
  const isKept = (index: number): boolean =>
    headers[index] !== before.header || headers[index + 1] !== before.value;
  return withToken(
    headers.filter((_, index) => isKept(index - (index % 2))),
    next,
  );
}

/** Whether one of these is among them, in any case. The names are in lower case. */
export function carries(headers: FlatHeaders, names: readonly string[]): boolean {
  if (headers === undefined) return false;
  if (!isList(headers)) return hasHeader(headers, names);
  for (let index = 0; index < headers.length; index += 2) {
    if (names.includes((headers[index] as string).toLowerCase())) return true;
  }
  return false;
}

function isList(headers: NonNullable<FlatHeaders>): headers is readonly string[] {
  return Array.isArray(headers);
}
