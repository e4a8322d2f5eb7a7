/** A request as it was handed to the platform. */
interface SentRequest {
  readonly url: string;
  readonly headers: Headers;
}

export interface RecordingFetch {
  readonly fetch: typeof globalThis.fetch;
  readonly sent: readonly SentRequest[];
}

/** A `fetch` that keeps what it is given and sends nothing: for hosts that do not exist. */
export function recordingFetch(answer: () => Response = () => Response.json({})): RecordingFetch {
  const sent: SentRequest[] = [];
  return {
    sent,
    fetch: async (input, init) => {
      const request = input instanceof Request ? input : undefined;
      sent.push({
        url: request?.url ?? new URL(input instanceof Request ? input.url : input).href,
        headers: new Headers(init?.headers ?? request?.headers),
      });
      return answer();
    },
  };
}
