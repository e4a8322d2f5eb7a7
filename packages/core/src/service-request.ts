import { readData } from "./json.ts";
import { own } from "./own.ts";
import type { ServiceAnswer } from "./provider-definition.ts";
import { readBody } from "./read-body.ts";
import { withTimeLimit } from "./time-limit.ts";

/** The largest answer that is read. Bytes. */
export const longestAnswer = 1_048_576;
/** How often an answer that failed is followed by another try. */
const retries = 2;
/** The same where the service said how long to wait: what it asks for is not a failure of its own. */
const waits = 6;

/** An answer, whoever's token it was given for. */
export type PlainAnswer = Omit<ServiceAnswer, "source">;

/** One request of the library's own: verify, login, logout, identity tokens. */
export interface ServiceRequest {
  readonly url: string;
  /** Default: `POST`. */
  readonly method?: "GET" | "POST" | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Already in the form in which it is sent. */
  readonly body?: string | undefined;
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** For the whole of it, retries and pauses included. Milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether there is to be another try after an answer, and when. `undefined`: there is none. */
  readonly retryAfter: (answer: PlainAnswer, attempts: number) => Promise<Pause | undefined>;
}

/** The time until the next try. */
export interface Pause {
  /** Milliseconds. */
  readonly delayMs: number;
  /** Whether the service itself said how long to wait. */
  readonly asked: boolean;
}

/**
 * Sends a request without following redirects, and gives back any answer that there is, whatever its status. Rejects
 * with the signal's reason, with `TimeLimitReached`, or with what `fetch` threw.
 */
export function sendToService(given: ServiceRequest): Promise<PlainAnswer> {
  const request = own(given);
  const { url, method = "POST", headers, body, timeoutMs } = request;
  const startedAt = Date.now();
  // Each kind has an end of its own: a service that throttles for ever ends the call as one does that fails for ever.
  const left = { asked: waits, own: retries };
  let pauseMs = 0;

  const send = async (signal: AbortSignal): Promise<PlainAnswer> => {
    const { default: ky, isHTTPError, isNetworkError } = await import("ky");
    const answerOf = (response: Response, text: unknown): PlainAnswer => ({
      status: response.status,
      headers: response.headers,
      // As it came: what is decided by a secret that was masked in it is decided wrongly.
      body: typeof text === "string" ? readData(text) : undefined,
    });
    // ky paces the tries and sees neither the headers nor the body: its errors hold the request that it knows.
    const tries = ky(url, {
      signal,
      timeout: false,
      fetch: () =>
        (request.fetch ?? fetch)(url, {
          method,
          headers,
          ...(body !== undefined && { body }),
          signal,
          redirect: "manual",
        }),
      parseJson: (text) => text,
      retry: {
        limit: waits + retries,
        delay: () => pauseMs,
        async shouldRetry({ error, retryCount }) {
          if (!isHTTPError(error)) return false;
          const pause = await request.retryAfter(answerOf(error.response, error.data), retryCount);
          if (pause === undefined || Date.now() - startedAt + pause.delayMs >= timeoutMs) return false;
          pauseMs = pause.delayMs;
          return left[pause.asked ? "asked" : "own"]-- > 0;
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
