import { TimeLimitReached, withTimeLimit } from "../time-limit.ts";
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

/** How much of a delivery is read. */
export interface DeliveryLimits {
  readonly maxBytes: number;
  /** For the whole body. Milliseconds. */
  readonly timeoutMs: number;
}

/** Throws for what holds no raw body, and says where this kind of thing has it. */
export function checkDelivery(delivery: unknown, errors: WebhookErrors): asserts delivery is WebhookDelivery {
  if (typeof delivery === "string" || ArrayBuffer.isView(delivery) || isRequest(delivery)) return;
  if (Object.prototype.toString.call(delivery) === "[object ArrayBuffer]") return;
  const { headers, body, isBase64Encoded } = (delivery ?? {}) as Readonly<Record<string, unknown>>;
  if (isBase64Encoded !== undefined)
    throw errors.misused(
      "The delivery is a gateway's event, and not the body in it",
      'Pass the body, from before a framework parsed it: Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8"), with headers: event.headers.',
    );
  if (typeof headers === "object" && headers !== null)
    throw errors.misused(
      "The delivery is a framework's request, and not the raw body in it",
      `Pass the bytes that the framework received${body === undefined ? "" : ", and not what it parsed"} (in Express, request.body behind express.raw({ type: "*/*" })), with headers: request.headers.`,
    );
  throw errors.misused(
    "The body is neither a Request nor raw bytes",
    "Pass the bytes as they came, from before a framework parsed them.",
  );
}

/** The raw bytes of a delivery, as they are now. A `Request` is read up to the limits, and no further. */
export async function readDelivery(
  delivery: WebhookDelivery,
  limits: DeliveryLimits,
  errors: WebhookErrors,
): Promise<Bytes> {
  const { maxBytes } = limits;
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
  if (isRequest(delivery)) return readRequest(delivery, limits, errors);
  return bounded(new Uint8Array(delivery)).slice();
}

async function readRequest(
  request: Request,
  { maxBytes, timeoutMs }: DeliveryLimits,
  errors: WebhookErrors,
): Promise<Bytes> {
  if (request.bodyUsed || request.body?.locked === true) {
    throw errors.misused(
      "The body of the request was read before",
      "Verify before anything else reads the body, or pass a clone of the request.",
    );
  }
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLong(maxBytes, errors);
  const reader = request.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  try {
    return await withTimeLimit((signal) => readAll(reader, maxBytes, signal, errors), timeoutMs);
  } catch (error) {
    // What is left of it is not waited for.
    reader.cancel().catch(() => undefined);
    throw error instanceof TimeLimitReached ? errors.tooSlow(timeoutMs) : error;
  }
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
  signal: AbortSignal,
  errors: WebhookErrors,
): Promise<Bytes> {
  const chunks: Uint8Array[] = [];
  for (let size = 0, reads = 1; ; reads++) {
    const { done, value } = await reader.read().catch(() => {
      throw errors.brokenOff();
    });
    if (done) return joined(chunks);
    // Tiny pieces that are all at hand, or empty ones without end, would keep every timer from its turn.
    if (reads % 1024 === 0) await new Promise((resolve) => void setTimeout(resolve));
    signal.throwIfAborted();
    size += value.byteLength;
    if (size > maxBytes) throw tooLong(maxBytes, errors);
    if (value.byteLength > 0) chunks.push(value);
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
