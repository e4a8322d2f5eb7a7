/** The largest 401 that is read to learn its meaning. Bytes. */
export const longestRefusal = 65_536;
/** How long that may take, while the caller waits for the answer. Milliseconds. */
export const longestRefusalMs = 2_000;

/**
 * The text of a body, up to a limit in bytes; `undefined` where it is longer. The rest of a longer one is not waited for.
 */
export async function readBody(
  response: Response,
  limit: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const reader = response.body?.getReader();
  if (reader === undefined) return "";
  signal?.addEventListener("abort", () => void reader.cancel().catch(() => undefined), { once: true });
  const decoder = new TextDecoder();
  let text = "";
  for (let size = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > limit) {
      reader.cancel().catch(() => undefined);
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}
