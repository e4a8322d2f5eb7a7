import { found, type SourceContext, type SourceResult, type TokenSource, unavailable } from "./source.ts";

/** What a token function may return: a result, just the token, or nothing for "not here". */
export type FunctionResult = SourceResult | string | null | undefined;
/** A function that gives the token, for the option `token` and `fromFunction`. */
export type TokenFunction = (context: SourceContext) => FunctionResult | Promise<FunctionResult>;

/** Options of {@link fromFunction}. */
export interface FromFunctionOptions {
  /** How long one call may take. Milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
}

/**
 * Asks a function for the token. It may return the token, `found(token, { expiresAt })`, or nothing; what it throws ends
 * the search. It is asked again when the token expires or is refused, never for each request.
 */
export function fromFunction(
  name: string,
  fn: TokenFunction,
  options: FromFunctionOptions = {},
): TokenSource {
  return {
    name,
    ...options,
    async resolve(context) {
      return answerOf(fn(context));
    },
  };
}

/** The result that is meant by what a function returned. */
export async function answerOf(returned: FunctionResult | Promise<FunctionResult>): Promise<SourceResult> {
  const result = await returned;
  if (typeof result === "string") return found(result);
  return result ?? unavailable("the function returned nothing");
}
