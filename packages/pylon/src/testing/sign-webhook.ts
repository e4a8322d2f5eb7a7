import { webhookSignature } from "../webhook-signature.ts";

/** The value of `X-Pylon-Signature` with which Pylon would deliver this body, for tests of a receiver. */
export function signWebhook(body: string | Uint8Array, secret: string): Promise<string> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body);
  return webhookSignature(secret, bytes);
}
