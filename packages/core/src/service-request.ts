import { readData } from "./json.ts";
import type { ServiceAnswer } from "./provider-definition.ts";
import { readBody } from "./read-body.ts";
import { withTimeLimit } from "./time-limit.ts";

/** The largest answer that is read. Bytes. */
const longestAnswer = 1_048_576;
/** Retries after the first try. */
const retries = 2;

/** An answer, whoever's token it was given for. */
export type PlainAnswer = Omit<ServiceAnswer, "source">;

/** One request of the library's own: verify, login, logout, identity tokens. */
export interface ServiceRequest {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  /** Already in the form in which it is sent. */
  readonly body?: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  /** Takes what is secret out of the answer. */
  readonly mask: (text: string) => string;
  /** For the whole of it, retries and pauses included. Milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** How long to wait before the next try, in milliseconds, or `undefined` to take this answer. */
  readonly retryDelayMs: (answer: PlainAnswer, attempts: number) => number | undefined;
}

/**
 * Sends a request without following redirects, and gives back any answer that there is, whatever its status. Rejects
 * with the signal's reason, with `TimeLimitReached`, or with what `fetch` threw.
 */
export function sendToService(request: ServiceRequest): Promise<PlainAnswer> {
  const { url, method, headers, body, timeoutMs } = request;
  const startedAt = Date.now();
  let pauseMs = 0;

  const send = async (signal: AbortSignal): Promise<PlainAnswer> => {
    const { default: ky, isHTTPError, isNetworkError } = await import("ky");
    const answerOf = (response: Response, text: unknown): PlainAnswer => ({
      status: response.status,
      headers: response.headers,
      body: typeof text === "string" ? readData(text, request.mask) : undefined,
    });
    // ky paces the tries and sees neither the headers nor the body: its errors hold the request that it knows.
    const tries = ky(url, {
      signal,
      timeout: false,
      fetch: () =>
        request.fetch(url, {
          method,
          headers,
          ...(body !== undefined && { body }),
          signal,
          redirect: "manual",
        }),
      parseJson: (text) => text,
      retry: {
        limit: retries,
        delay: () => pauseMs,
        shouldRetry({ error, retryCount }) {
          if (!isHTTPError(error)) return false;
          const delayMs = request.retryDelayMs(answerOf(error.response, error.data), retryCount);
          if (delayMs === undefined || Date.now() - startedAt + delayMs >= timeoutMs) return false;
          pauseMs = delayMs;
          return true;
        },
      },
    });
    try {
      const response = await tries;
      return answerOf(response, await readBody(response, longestAnswer));
    } catch (error) {
      if (isHTTPError(error)) return answerOf(error.response, error.data);
      throw isNetworkError(error) ? error.cause : error;
    }
  };
  return withTimeLimit(send, timeoutMs, request.signal);
}
