import type { Dispatcher } from "undici";

import { carrying } from "../authorizer.ts";
import { hasHeader } from "./has-header.ts";

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

/** The headers, and one more. */
export function withValue(
  headers: FlatHeaders,
  name: string,
  value: string,
): string[] | Record<string, string> {
  if (headers === undefined) return carrying(name, value);
  if (isList(headers)) return [...headers, name, value];
  // The caller has no header of this name: the order is the one that takes the least time, and so is the literal.
  return name === "authorization" ? { ...headers, authorization: value } : { ...headers, [name]: value };
}

/** Whether a header is among them, in any case. The name is in lower case. */
export function carries(headers: FlatHeaders, name: string): boolean {
  if (headers === undefined) return false;
  return isList(headers)
    ? headers.some((item, index) => index % 2 === 0 && item.toLowerCase() === name)
    : hasHeader(headers, name);
}

export function isList(headers: NonNullable<FlatHeaders>): headers is readonly string[] {
  return Array.isArray(headers);
}
