import { AuthError } from "@auth/core";

/** The raw bytes of a delivery. A `Request` is read up to the limit, and no further. */
export async function readDelivery(
  delivery: Request | Uint8Array | ArrayBuffer | string,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof delivery === "string") return bounded(new TextEncoder().encode(delivery), maxBytes);
  if (delivery instanceof Uint8Array) return bounded(new Uint8Array(delivery), maxBytes);
  if (Object.prototype.toString.call(delivery) === "[object ArrayBuffer]") {
    return bounded(new Uint8Array(delivery as ArrayBuffer), maxBytes);
  }
  if (typeof delivery !== "object" || delivery === null || !("headers" in delivery) || "socket" in delivery) {
    throw misused(
      "The body is neither a Request nor raw bytes",
      "Pass the bytes as they came, from before a framework parsed them.",
    );
  }
  return readRequest(delivery, maxBytes);
}

async function readRequest(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (request.bodyUsed) {
    throw misused(
      "The body of the request was read before",
      "Verify before anything else reads the body, or pass a clone of the request.",
    );
  }
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLong(maxBytes);
  const reader = request.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  for (let size = 0; ;) {
    const { done, value } = await reader.read().catch(() => {
      throw new AuthError("AUTH_UNREACHABLE", {
        provider: "pylon",
        message: "The body of the webhook delivery broke off.",
        remedy: "Answer with 400.",
      });
    });
    if (done) return joined(chunks);
    size += value.byteLength;
    if (size > maxBytes) {
      reader.cancel().catch(() => undefined);
      throw tooLong(maxBytes);
    }
    chunks.push(value);
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

function bounded(bytes: Uint8Array<ArrayBuffer>, maxBytes: number): Uint8Array<ArrayBuffer> {
  if (bytes.byteLength > maxBytes) throw tooLong(maxBytes);
  return bytes;
}

function tooLong(maxBytes: number): AuthError {
  return new AuthError("AUTH_TOKEN_REJECTED", {
    provider: "pylon",
    message: `The webhook delivery is refused: its body is longer than ${maxBytes} bytes.`,
    remedy: "Answer with 413, or pass maxBytes if deliveries of this length are expected.",
  });
}

function misused(problem: string, remedy: string): AuthError {
  return new AuthError("AUTH_PROVIDER_INVALID", { provider: "pylon", message: `${problem}.`, remedy });
}
