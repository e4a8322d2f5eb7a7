type HmacKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const hmac = { name: "HMAC", hash: "SHA-256" } as const;

/** The key is the UTF-8 bytes of the secret as it is shown, not what they could be decoded to. */
export function webhookKey(secret: string): Promise<HmacKey> {
  const bytes = new TextEncoder().encode(secret);
  return crypto.subtle.importKey("raw", bytes, hmac, false, ["sign", "verify"]);
}

/** In constant time. The signature is 64 hexadecimal digits. */
export function isSignedWith(
  key: HmacKey,
  signature: string,
  body: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const bytes = Uint8Array.from(signature.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return crypto.subtle.verify(hmac, key, bytes, body);
}

/** The signature of a body, as Pylon writes it. */
export async function webhookSignature(secret: string, body: Uint8Array<ArrayBuffer>): Promise<string> {
  const signature = await crypto.subtle.sign(hmac, await webhookKey(secret), body);
  return Array.from(new Uint8Array(signature), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
