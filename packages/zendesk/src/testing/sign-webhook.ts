import { hmacSha256 } from "@auth/core/webhooks";

/** The two headers with which Zendesk would deliver this body at that instant, for tests of a receiver. */
export async function signWebhook(
  body: string | Uint8Array,
  secret: string,
  at: number = Date.now(),
): Promise<Record<string, string>> {
  const time = new Date(at).toISOString().replace(/\.\d+/, "");
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const signed = new Uint8Array([...new TextEncoder().encode(time), ...bytes]);
  const signature = String.fromCharCode(...(await hmacSha256(secret, signed)));
  return {
    "x-zendesk-webhook-signature": btoa(signature),
    "x-zendesk-webhook-signature-timestamp": time,
  };
}
