import type { LoopbackAnswer, LoopbackRequest } from "@auth/testing/loopback";

/**
 * Where large files are kept: addresses that are signed, and take no token. As the storage behind it does, it refuses a
 * request with a second way to say who one is.
 */
export function answerFromCdn(request: LoopbackRequest, texts: ReadonlyMap<string, string>): LoopbackAnswer {
  if (request.headers.authorization !== undefined)
    return {
      status: 400,
      headers: { "content-type": "application/xml" },
      body: "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>",
    };
  const text = texts.get(request.path);
  const isSigned = new URL(request.url, "http://localhost").searchParams.has("Signature");
  if (text === undefined || !isSigned)
    return { status: 403, headers: { "content-type": "application/xml" }, body: "<Error/>" };
  return withRange(text, request, { etag: `"${request.path.slice(1)}"` });
}

/** A text, or the part of it that the request asks for. */
export function withRange(
  text: string,
  { headers }: LoopbackRequest,
  added: Readonly<Record<string, string>>,
): LoopbackAnswer {
  const answered = { "content-type": "application/octet-stream", "accept-ranges": "bytes", ...added };
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
  if (from === undefined) return { headers: answered, body: text };
  const [start, end] = [Number(from), Math.min(to ? Number(to) : text.length - 1, text.length - 1)];
  return {
    status: 206,
    headers: { ...answered, "content-range": `bytes ${start}-${end}/${text.length}` },
    body: text.slice(start, end + 1),
  };
}
