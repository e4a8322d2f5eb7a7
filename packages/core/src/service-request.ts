import type { AuthError } from "./errors.ts";
import { readData } from "./json.ts";
import { ownProperties } from "./own-properties.ts";
import type { ServiceAnswer } from "./provider-definition.ts";
import { longestAnswer, readBody } from "./read-body.ts";
import { withTimeLimit } from "./time-limit.ts";

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
  /** The error that an answer means; `undefined` where it is none. */
  readonly errorOf: (answer: PlainAnswer) => AuthError | undefined;
  /** Whether there is to be another try after an error of an answer, and when. `undefined`: there is none. */
  readonly pauseAfter: (error: AuthError, attempts: number) => Pause | undefined;
}

/** The time until the next try. */
export interface Pause {
  /** Milliseconds. */
  readonly delayMs: number;
  /** Whether the service itself said how long to wait. */
  readonly asked: boolean;
}

/**
 * Sends a request without following redirects, and gives back the answer. Rejects with the signal's reason, with
 * `TimeLimitReached`, with what `errorOf` makes of the answer, or with what `fetch` threw.
 */
export function sendToService(given: ServiceRequest): Promise<PlainAnswer> {
  const request = ownProperties(given);
  const { url, method = "POST", headers, body, timeoutMs } = request;
  const init = { method, headers, redirect: "manual", ...(body !== undefined && { body }) } as const;
  const startedAt = Date.now();
  // Each kind has an end of its own: a service that throttles for ever ends the call as one does that fails for ever.
  const left = { asked: waits, own: retries };

  const send = async (signal: AbortSignal): Promise<PlainAnswer> => {
    const { default: ky, isNetworkError } = await import("ky");
    let answer: PlainAnswer | undefined;
    let failed: AuthError | undefined;
    let pauseMs = 0;

    // The answer is read here, up to the limit, whatever its status. ky has a limit of its own, for errors only.
    async function exchange(): Promise<Response> {
      const response = await (request.fetch ?? fetch)(url, { ...init, signal });
      answer = await readAnswer(response, signal);
      failed = request.errorOf(answer);
      if (failed !== undefined) throw failed;
      return response;
    }

    try {
      await ky(url, {
        ...init,
        signal,
        timeout: false,
        throwHttpErrors: false,
        fetch: exchange,
        retry: {
          limit: waits + retries,
          methods: ["get", "post"],
          delay: () => pauseMs,
          shouldRetry({ error, retryCount }) {
            const pause = error === failed ? request.pauseAfter(error as AuthError, retryCount) : undefined;
            if (pause === undefined || Date.now() - startedAt + pause.delayMs >= timeoutMs) return false;
            pauseMs = pause.delayMs;
            return left[pause.asked ? "asked" : "own"]-- > 0;
          },
        },
      });
    } catch (error) {
      // ky's own error holds the request.
      throw isNetworkError(error) ? error.cause : error;
    }
    return answer as unknown as PlainAnswer;
  };
  return withTimeLimit(send, timeoutMs, request.signal);
}

async function readAnswer(response: Response, signal: AbortSignal): Promise<PlainAnswer> {
  const { status, headers } = response;
  const text = await readBody(response, longestAnswer, signal);
  // As it came: what is decided by a secret that was masked in it is decided wrongly.
  return { status, headers, body: text === undefined ? undefined : readData(text) };
}
