import { hmacSha256 } from "@auth/core/webhooks";

/**
 * The two headers with which Slack would send this body, for tests of a receiver. `now` is when: milliseconds since the
 * epoch, `Date.now` unless told.
 */
export async function signWebhook(
  body: string | Uint8Array,
  secret: string,
  { now = Date.now }: { readonly now?: () => number } = {},
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(now() / 1000));
  const signed = Buffer.concat([Buffer.from(`v0:${timestamp}:`), Buffer.from(body)]);
  const signature = Buffer.from(await hmacSha256(secret, signed)).toString("hex");
  return { "x-slack-request-timestamp": timestamp, "x-slack-signature": `v0=${signature}` };
}
