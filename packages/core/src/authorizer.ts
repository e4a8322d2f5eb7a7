/** A refusal as an adapter saw it. */
export interface RefusedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * What an adapter needs of an auth: the header value for an allowed origin, and what to do after a 401. It speaks in
 * strings, so that an adapter from one provider package serves the auth of another.
 */
export interface Authorizer {
  /** Name of the header, in lower case. */
  readonly header: string;
  /** The origins that may receive it. */
  readonly origins: readonly string[];
  /** Whether `replace` wants to read a refusal: the service gives 401 several meanings. */
  readonly readsRefusals: boolean;
  /** The finished header value, if one is at hand. */
  current(): string | undefined;
  /** The finished header value, as soon as there is one. Rejects with an `AuthError`, or the signal's reason. */
  load(signal?: AbortSignal): Promise<string>;
  /** After a 401 to a request that carried `value`: the value to send instead, if the sources have another. */
  replace(
    value: string,
    answer: RefusedAnswer | undefined,
    signal?: AbortSignal,
  ): Promise<string | undefined>;
  /** Reports that a request to an allowed origin carries the header. */
  attached(origin: string): void;
  /** Reports that a request to a URL goes without it. */
  withheld(url: string, reason: "foreign origin" | "set by the caller"): void;
}

/**
 * Where an auth keeps its authorizer. Registered globally and numbered: provider packages carry copies of this module,
 * and an adapter of one copy is handed auths of another.
 */
export const authorizerOf: unique symbol = Symbol.for("auth-providers.authorizer.1");

/** A header as an object. The literal is the cheaper one by far. */
export function carrying(header: string, value: string): Record<string, string> {
  return header === "authorization" ? { authorization: value } : { [header]: value };
}
