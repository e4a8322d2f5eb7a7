import type { WebhookErrors } from "./webhook-error.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What a receiver has of a delivery: the platform's `Request`, or the raw bytes of the body. */
export type WebhookDelivery = Request | Uint8Array | ArrayBuffer | string;

/** Whether it is the platform's `Request`, of whichever copy of it, and not what a framework has under that name. */
export function isRequest(delivery: unknown): delivery is Request {
  if (typeof delivery !== "object" || delivery === null) return false;
  const { headers, body, bodyUsed } = delivery as { headers?: { get?: unknown }; [name: string]: unknown };
  const readable = body === null || typeof (body as ReadableStream | undefined)?.getReader === "function";
  return typeof headers?.get === "function" && typeof bodyUsed === "boolean" && readable;
}

/** The raw bytes of a delivery, as they are now. A `Request` is read up to the limit, and no further. */
export async function readDelivery(
  delivery: WebhookDelivery,
  maxBytes: number,
  errors: WebhookErrors,
): Promise<Bytes> {
  const bounded = <T extends Uint8Array>(bytes: T): T => {
    if (bytes.byteLength > maxBytes) throw tooLong(maxBytes, errors);
    return bytes;
  };
  if (typeof delivery === "string") return bounded(new TextEncoder().encode(delivery));
  // Copied: what is verified has to stay what it was.
  if (ArrayBuffer.isView(delivery)) {
    const { buffer, byteOffset, byteLength } = delivery;
    return bounded(new Uint8Array(buffer, byteOffset, byteLength)).slice();
  }
  if (Object.prototype.toString.call(delivery) === "[object ArrayBuffer]")
    return bounded(new Uint8Array(delivery as ArrayBuffer)).slice();
  if (isRequest(delivery)) return readRequest(delivery, maxBytes, errors);
  throw errors.misused(
    "The body is neither a Request nor raw bytes",
    "Pass the bytes as they came, from before a framework parsed them.",
  );
}

async function readRequest(request: Request, maxBytes: number, errors: WebhookErrors): Promise<Bytes> {
  if (request.bodyUsed || request.body?.locked === true) {
    throw errors.misused(
      "The body of the request was read before",
      "Verify before anything else reads the body, or pass a clone of the request.",
    );
  }
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLong(maxBytes, errors);
  const reader = request.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  for (let size = 0; ;) {
    const { done, value } = await reader.read().catch(() => {
      throw errors.brokenOff();
    });
    if (done) return joined(chunks);
    size += value.byteLength;
    if (size > maxBytes) {
      reader.cancel().catch(() => undefined);
      throw tooLong(maxBytes, errors);
    }
    chunks.push(value);
  }
}

/** The bytes one after the other. */
export function joined(chunks: readonly Uint8Array[]): Bytes {
  const bytes = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

function tooLong(maxBytes: number, errors: WebhookErrors): Error {
  return errors.refused(
    `its body is longer than ${maxBytes} bytes`,
    "Answer with 413, or pass maxBytes if deliveries of this length are expected.",
  );
}
