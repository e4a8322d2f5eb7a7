/** Whether a body can be read only once, so that it cannot be sent a second time. */
export function isReadOnce(body: unknown): boolean {
  if (typeof body !== "object" || body === null) return false;
  // The streams of some libraries can only be piped.
  return body instanceof ReadableStream || Symbol.asyncIterator in body || "pipe" in body;
}

/** Puts an answer away that nobody will read. Its body may be a stream of Node.js, where a library's own `fetch` sent it. */
export function discard({ body }: { readonly body: unknown }): void {
  if (typeof body !== "object" || body === null) return;
  const stream = body as { cancel?: () => Promise<void>; destroy?: () => void };
  if (stream.cancel !== undefined) stream.cancel().catch(() => undefined);
  else stream.destroy?.();
}
