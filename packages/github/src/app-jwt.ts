import { failed } from "@auth/core";

const rs256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

/** Signs by RS256 (RSA, PKCS#1 v1.5, SHA-256): the part of a JWT that a KMS does, which gives its key to nobody. */
export type AppSigner = (data: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>;

/**
 * The JWT by which an app speaks for itself. GitHub allows ten minutes, counted from its own now: one minute is left for clocks
 * that differ, at either end.
 *
 * @see https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app (read 2026-11)
 */
export async function appJwt(issuer: string, now: number, sign: AppSigner): Promise<string> {
  const seconds = Math.floor(now / 1000);
  const head = base64url({ alg: "RS256", typ: "JWT" });
  const signed = `${head}.${base64url({ iss: issuer, iat: seconds - 60, exp: seconds + 540 })}`;
  const signature: unknown = await sign(new TextEncoder().encode(signed));
  if (!(signature instanceof Uint8Array))
    throw failed("the signer of the app gave no bytes", "Return the signature as a Uint8Array.");
  return `${signed}.${encoded(signature)}`;
}

/** The signer for a private key in PEM: as GitHub gives it (PKCS#1), or as other programs want it (PKCS#8). */
export async function signerOf(pem: string): Promise<AppSigner> {
  const key = await crypto.subtle.importKey("pkcs8", pkcs8Of(pem), rs256, false, ["sign"]).catch(() => {
    throw notAKey();
  });
  return async (data) => new Uint8Array(await crypto.subtle.sign(rs256, key, data));
}

function pkcs8Of(pem: string): Uint8Array<ArrayBuffer> {
  // Line breaks that became `\n` on their way through a variable.
  const text = pem.replaceAll(String.raw`\n`, "\n");
  const form = /-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END (?:RSA )?PRIVATE KEY-----/;
  const [, rsa, body = ""] = form.exec(text) ?? [];
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Uint8Array.from(atob(body.replaceAll(/\s/g, "")), (character) => character.charCodeAt(0));
  } catch {
    throw notAKey();
  }
  if (bytes.length === 0) throw notAKey();
  return rsa === undefined ? bytes : wrapped(bytes);
}

/** Web Crypto wants PKCS#8, which is PKCS#1 with a name around it that says RSA (RFC 5958, RFC 8017). */
function wrapped(pkcs1: Uint8Array): Uint8Array<ArrayBuffer> {
  const version = [0x02, 0x01, 0x00];
  const rsaEncryption = [
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
  ];
  return element(0x30, [...version, ...rsaEncryption, ...element(0x04, [...pkcs1])]);
}

/** One element of DER: its kind, the length of what is in it, and that. */
function element(kind: number, content: readonly number[]): Uint8Array<ArrayBuffer> {
  const { length } = content;
  const size = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff];
  return Uint8Array.from([kind, ...size, ...content]);
}

function base64url(part: object): string {
  return encoded(new TextEncoder().encode(JSON.stringify(part)));
}

function encoded(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function notAKey(): Error {
  return failed(
    "the private key of the app is not one that GitHub made",
    "Give the whole text of the .pem file that GitHub gave for the app, -----BEGIN RSA PRIVATE KEY----- included.",
  );
}
