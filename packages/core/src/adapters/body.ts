/** Whether a body can be read only once, so that it cannot be sent a second time. */
export function isReadOnce(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  // The streams of some libraries can only be piped.
  return body instanceof ReadableStream || Symbol.asyncIterator in body || "pipe" in body;
}
