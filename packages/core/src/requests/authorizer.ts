import type { SourceAttempt } from "../sources/attempt.ts";
import type { Token } from "../token/token.ts";

/** A refusal as an adapter saw it. */
interface RefusedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** A header beside the token's own: fixed, and no secret. */
export interface FixedHeader {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
  /** Whether it is a list: then the caller's own is joined by it, and otherwise wins. */
  readonly isList: boolean;
}

/** A token with the finished headers that carry it. */
export interface CachedToken {
  readonly token: Token;
  /** Name of the header that carries it, in lower case. */
  readonly header: string;
  /** The finished value of that header. */
  readonly value: string;
  /** What goes with it; `undefined` where there is nothing. */
  readonly beside: readonly FixedHeader[] | undefined;
  /** What the sources said when they were asked for it. */
  readonly attempts: readonly SourceAttempt[];
}

/**
 * The one token of an auth, which is all that an adapter needs of it: the headers for an allowed origin, and what to do after
 * a 401. An adapter from one provider package serves the auth of another, so that this is what their copies agree on.
 */
export interface TokenHolder {
  /** Names of the headers that may carry the token, in lower case. A caller's own of any of them wins. */
  readonly headerNames: readonly string[];
  /** The origins that may receive it. */
  readonly origins: readonly string[];
  /** Whether `replace` wants to read a refusal: the service gives 401 several meanings. */
  readonly readsRefusals: boolean;
  /** The held token if it may be sent, at once. Starts a refresh in the background when it is close to its expiry. */
  current(): CachedToken | undefined;
  /**
   * The held token, or the next one. `refresh` asks the sources whatever is held. Rejects with an `AuthError`, or the signal's
   * reason.
   */
  get(signal?: AbortSignal, refresh?: boolean): Promise<CachedToken>;
  /** Why the last load failed, while the token from before it is still served. */
  failure(): unknown;
  /** Forgets the held token, if it is the refused one where a header value is given. A load in flight is started anew. */
  reject(value?: string): void;
  /**
   * After a 401 to `value`: the token to send instead, if there is another. None where the service means something else by the
   * answer; without an answer, the token was refused. However many refusals come in, the sources are asked once.
   */
  replace(
    value: string,
    answer: RefusedAnswer | undefined,
    signal?: AbortSignal,
  ): Promise<CachedToken | undefined>;
  /** Reports that a request to an allowed origin carries the token. */
  attached(origin: string, sent: CachedToken): void;
  /** Reports that a request to a URL goes without it. */
  withheld(url: string, reason: "foreign origin" | "set by the caller"): void;
}

/**
 * Where an auth keeps its token. Registered globally and numbered: provider packages carry copies of this module, and an
 * adapter of one copy is handed auths of another.
 */
export const holderOf: unique symbol = Symbol.for("auth-providers.token-holder.2");

/** Headers as an object of one's own. The literal is the cheaper one by far. */
export function headersOf({ header, value, beside }: CachedToken): Record<string, string> {
  const headers = header === "authorization" ? { authorization: value } : { [header]: value };
  if (beside !== undefined) addFixed(headers, beside);
  return headers;
}

/** Adds fixed headers to an object whose names may be in any case. */
export function addFixed(headers: Record<string, string>, beside: readonly FixedHeader[]): void {
  for (const { name, value, isList } of beside) {
    const own = Object.keys(headers).find((key) => key.toLowerCase() === name);
    if (own === undefined) headers[name] = value;
    else if (isList) headers[own] = joined(headers[own], value);
  }
}

/** A list header's value with ours in it, once. */
export function joined(given: string | null | undefined, value: string): string {
  const missing = missingItems(given ?? "", value);
  return [given?.trim(), missing].filter(Boolean).join(", ");
}

/** The items of a list header's value that another lacks. */
export function missingItems(given: string, value: string): string {
  const items = itemsOf(given);
  return itemsOf(value)
    .filter((item) => !items.includes(item))
    .join(", ");
}

function itemsOf(list: string): string[] {
  return list
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
