/**
 * What a base64 text stands for, of either alphabet; `undefined` for any other bytes. For a remedy alone: a delivery is never accepted
 * by what is decoded from it.
 */
export function base64Content(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const text = new TextDecoder("latin1").decode(bytes).trim().replaceAll("-", "+").replaceAll("_", "/");
  if (!/^[A-Za-z0-9+/]{4,}={0,2}$/.test(text)) return undefined;
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}
