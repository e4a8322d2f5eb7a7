import type { AuthError } from "../errors.ts";
import { readData } from "../untrusted/json.ts";
import { ownProperties } from "../untrusted/own-properties.ts";
import { longestAnswer, readBody } from "../untrusted/read-body.ts";
import { withTimeLimit } from "../time-limit.ts";
import { isDropped } from "./network-failure.ts";

/** How often an answer that failed is followed by another try. */
const retries = 2;
/** The same where the service said how long to wait: what it asks for is not a failure of its own. */
const waits = 6;
/** The same where a connection was dropped without an answer: one that had been kept open too long fails at once. */
const drops = 1;

/** What came back, whoever answered. */
export interface ReadAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; the text where it is none; `undefined` where there is no body, or one that is too long. As it came. */
  readonly body: unknown;
}

/** An answer that is not what was asked for. */
interface FailedAnswer {
  readonly error: AuthError;
  /** When to try again after so many tries. `undefined`: not at all. */
  readonly pauseAfter: (attempts: number) => Pause | undefined;
}

/** The time until the next try. */
export interface Pause {
  /** Milliseconds. */
  readonly delayMs: number;
  /** Whether the service itself said how long to wait. */
  readonly asked: boolean;
}

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
  /** What is wrong with an answer; `undefined` where nothing is. Asked once for each. */
  readonly failureOf: (answer: ReadAnswer) => FailedAnswer | undefined;
  /** Whether it is sent once more where the connection was dropped. */
  readonly retryDropped: boolean;
}

/**
 * Sends a request without following redirects, and gives back the answer. Rejects with the signal's reason, with
 * `TimeLimitReached`, with the error of the last answer, or with what `fetch` threw.
 */
export function sendToService(given: ServiceRequest): Promise<ReadAnswer> {
  const request = ownProperties(given);
  const { url, method = "POST", headers, body, timeoutMs } = request;
  const init = { method, headers, redirect: "manual", ...(body !== undefined && { body }) } as const;
  const startedAt = Date.now();
  // Each kind has an end of its own: a service that throttles for ever ends the call as one does that fails for ever.
  const left = { asked: waits, own: retries, dropped: drops };

  const send = async (signal: AbortSignal): Promise<ReadAnswer> => {
    const { default: ky, isNetworkError } = await import("ky");
    let answer: ReadAnswer | undefined;
    let failed: FailedAnswer | undefined;
    let hasBegun = false;
    let pauseMs = 0;

    // The answer is read here, up to the limit, whatever its status: ky would read errors alone, and ten times as much.
    async function exchange(): Promise<Response> {
      failed = undefined;
      hasBegun = false;
      const response = await (request.fetch ?? fetch)(url, { ...init, signal });
      hasBegun = true;
      answer = await readAnswer(response, signal);
      failed = request.failureOf(answer);
      if (failed !== undefined) throw failed.error;
      return response;
    }

    function shouldRetry({ error, retryCount }: { error: Error; retryCount: number }): boolean {
      if (failed === undefined) {
        pauseMs = 0;
        return request.retryDropped && !hasBegun && isDropped(error) && left.dropped-- > 0;
      }
      const pause = failed.pauseAfter(retryCount);
      if (pause === undefined || Date.now() - startedAt + pause.delayMs >= timeoutMs) return false;
      pauseMs = pause.delayMs;
      return left[pause.asked ? "asked" : "own"]-- > 0;
    }

    try {
      await ky(url, {
        ...init,
        signal,
        timeout: false,
        throwHttpErrors: false,
        fetch: exchange,
        retry: {
          limit: waits + retries + drops,
          methods: ["get", "post"],
          delay: () => pauseMs,
          shouldRetry,
        },
      });
    } catch (error) {
      // ky's own error holds the request.
      throw isNetworkError(error) ? error.cause : error;
    }
    return answer as unknown as ReadAnswer;
  };
  return withTimeLimit(send, timeoutMs, request.signal);
}

async function readAnswer(response: Response, signal: AbortSignal): Promise<ReadAnswer> {
  const { status, headers } = response;
  const text = await readBody(response, longestAnswer, signal);
  // As it came: what is decided by a secret that was masked in it is decided wrongly.
  return { status, headers, body: text === undefined ? undefined : readData(text) };
}
