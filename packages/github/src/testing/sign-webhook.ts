import { hmacSha256 } from "@auth/core/webhooks";

/** The value of `X-Hub-Signature-256` with which GitHub would deliver this body, for tests of a receiver. */
export async function signWebhook(body: string | Uint8Array, secret: string): Promise<string> {
  const signature = await hmacSha256(secret, body);
  return `sha256=${Array.from(signature, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
