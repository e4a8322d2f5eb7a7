/** The largest 401 that is read to learn its meaning. Bytes. */
export const longestRefusal = 65_536;
/** How long that may take, while the caller waits for the answer. Milliseconds. */
export const longestRefusalMs = 2_000;

/** The largest answer that is read of the library's own requests, and of those it is asked about. Bytes. */
export const longestAnswer = 1_048_576;

/**
 * The text of a body, up to a limit in bytes that holds while it is read, behind any compression; `undefined` where it is
 * longer, or where the signal comes before its end. The rest is not waited for.
 */
export async function readBody(
  { body }: Pick<Response, "body">,
  limit: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (body === null || body === undefined) return "";
  const reader = readerOf(body);
  const stop = (): void => void reader.cancel().catch(() => undefined);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const decoder = new TextDecoder();
    let text = "";
    for (let size = 0, reads = 1; ; reads++) {
      const { done, value } = await reader.read();
      // A body that is at hand in tiny pieces, or in empty ones without end, would keep every timer from its turn.
      if (reads % 1024 === 0) await new Promise((resolve) => void setTimeout(resolve));
      if (signal?.aborted === true) return undefined;
      if (done === true) return text + decoder.decode();
      size += value.byteLength;
      if (size > limit) {
        stop();
        return undefined;
      }
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

interface BodyReader {
  read(): Promise<{ readonly done?: boolean | undefined; readonly value: Uint8Array }>;
  cancel(): Promise<unknown>;
}

/** The bodies of some libraries are streams of Node.js, which can be iterated over and have no reader. */
function readerOf(body: ReadableStream<Uint8Array>): BodyReader {
  if (typeof body.getReader === "function") return body.getReader() as BodyReader;
  const chunks = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  return { read: () => chunks.next(), cancel: async () => chunks.return?.() };
}
