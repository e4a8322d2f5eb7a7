import { AuthError } from "@auth/core";

type Bytes = Uint8Array<ArrayBuffer>;

/** Whether it is the platform's `Request`, of whichever copy of it, and not what a framework has under that name. */
export function isRequest(delivery: unknown): delivery is Request {
  if (typeof delivery !== "object" || delivery === null) return false;
  const { headers, body, bodyUsed } = delivery as { headers?: { get?: unknown }; [name: string]: unknown };
  const readable = body === null || typeof (body as ReadableStream | undefined)?.getReader === "function";
  return typeof headers?.get === "function" && typeof bodyUsed === "boolean" && readable;
}

/** The raw bytes of a delivery, as they are now. A `Request` is read up to the limit, and no further. */
export async function readDelivery(
  delivery: Request | Uint8Array | ArrayBuffer | string,
  maxBytes: number,
): Promise<Bytes> {
  if (typeof delivery === "string") return bounded(new TextEncoder().encode(delivery), maxBytes);
  // Copied: what is verified has to stay what it was.
  if (ArrayBuffer.isView(delivery)) {
    const { buffer, byteOffset, byteLength } = delivery;
    return bounded(new Uint8Array(buffer, byteOffset, byteLength), maxBytes).slice();
  }
  if (Object.prototype.toString.call(delivery) === "[object ArrayBuffer]")
    return bounded(new Uint8Array(delivery as ArrayBuffer), maxBytes).slice();
  if (isRequest(delivery)) return readRequest(delivery, maxBytes);
  throw misused(
    "The body is neither a Request nor raw bytes",
    "Pass the bytes as they came, from before a framework parsed them.",
  );
}

async function readRequest(request: Request, maxBytes: number): Promise<Bytes> {
  if (request.bodyUsed || request.body?.locked === true) {
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

function joined(chunks: readonly Uint8Array[]): Bytes {
  const bytes = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

function bounded<T extends Uint8Array>(bytes: T, maxBytes: number): T {
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

export function misused(problem: string, remedy: string): AuthError {
  return new AuthError("AUTH_PROVIDER_INVALID", { provider: "pylon", message: `${problem}.`, remedy });
}
