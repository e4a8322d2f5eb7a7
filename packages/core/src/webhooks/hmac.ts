type HmacKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

const hmac = { name: "HMAC", hash: "SHA-256" } as const;

/** The key is the UTF-8 bytes of the secret as it is shown, not what they could be decoded to. */
export function hmacKey(secret: string): Promise<HmacKey> {
  const bytes = new TextEncoder().encode(secret);
  return crypto.subtle.importKey("raw", bytes, hmac, false, ["sign", "verify"]);
}

/** In constant time. */
export function isSignedWith(
  key: HmacKey,
  signature: Uint8Array<ArrayBuffer>,
  signed: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return crypto.subtle.verify(hmac, key, signature, signed);
}

/** HMAC-SHA256 of a text or bytes, the key being the secret's UTF-8 bytes. What a fake service signs its deliveries with. */
export async function hmacSha256(secret: string, signed: string | Uint8Array): Promise<Uint8Array> {
  const bytes = typeof signed === "string" ? new TextEncoder().encode(signed) : new Uint8Array(signed);
  return new Uint8Array(await crypto.subtle.sign(hmac, await hmacKey(secret), bytes));
}
