import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";

import { describe, expect, it } from "vitest";

import { appJwt, signerOf } from "./app-jwt.ts";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pkcs1 = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const now = Date.parse("2026-11-28T12:00:00.900Z");

const part = (jwt: string, index: number): unknown =>
  JSON.parse(Buffer.from(jwt.split(".")[index] ?? "", "base64url").toString());

function isSigned(jwt: string): boolean {
  const [head, claims, signature = ""] = jwt.split(".");
  return verify(
    "RSA-SHA256",
    Buffer.from(`${head}.${claims}`),
    createPublicKey(publicKey.export({ type: "spki", format: "pem" })),
    Buffer.from(signature, "base64url"),
  );
}

describe("an app's JWT", () => {
  it.each([
    ["as GitHub gives it", pkcs1],
    ["as other programs want it", pkcs8],
    ["with line breaks that a variable has spoilt", pkcs1.replaceAll("\n", String.raw`\n`)],
    ["with line breaks of Windows", pkcs1.replaceAll("\n", "\r\n")],
    ["on one line", pkcs8.replaceAll(/(?<!-)\n(?!-)/g, "")],
  ])("is signed with a key %s", async (_, pem) => {
    const jwt = await appJwt("Iv23li", now, await signerOf(pem));
    expect(part(jwt, 0)).toEqual({ alg: "RS256", typ: "JWT" });
    const seconds = Math.floor(now / 1000);
    expect(part(jwt, 1)).toEqual({ iss: "Iv23li", iat: seconds - 60, exp: seconds + 540 });
    expect(isSigned(jwt)).toBe(true);
  });

  it("is signed with keys of other sizes, whatever their lengths take", async () => {
    for (const modulusLength of [1024, 3072, 4096]) {
      const pair = generateKeyPairSync("rsa", { modulusLength });
      const pem = pair.privateKey.export({ type: "pkcs1", format: "pem" }).toString();
      expect((await appJwt("1", now, await signerOf(pem))).split(".")[2]).toHaveLength(
        Math.ceil(((modulusLength / 8) * 4) / 3),
      );
    }
    // A large key takes its time on a busy machine.
  }, 60_000);

  it("is signed by whoever has the key, who is given the bytes to sign", async () => {
    const signed: string[] = [];
    const jwt = await appJwt("1", now, (data) => {
      signed.push(new TextDecoder().decode(data));
      return new Uint8Array([251, 255, 190]);
    });
    expect(jwt).toBe(`${signed.join()}.-_--`);
    await expect(appJwt("1", now, () => "text" as never)).rejects.toThrow(/gave no bytes/);
  });
});

it.each([
  ["a public key", publicKey.export({ type: "spki", format: "pem" }).toString()],
  [
    "a key of another kind",
    generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  ],
  ["a key that is cut off", `${pkcs1.slice(0, 300)}\n-----END RSA PRIVATE KEY-----`],
  ["a key with a name that is not its own", pkcs8.replaceAll("PRIVATE", "RSA PRIVATE")],
  ["a path", "/etc/acme/app.pem"],
  ["a fingerprint", "SHA256:uSGtx4wMqHSpD2Hh8b6IGrQ="],
  ["nothing between the lines", "-----BEGIN RSA PRIVATE KEY-----\n\n-----END RSA PRIVATE KEY-----"],
])("%s signs nothing, and nothing of it is shown", async (_, pem) => {
  await expect(signerOf(pem)).rejects.toThrow(/^the private key of the app is not one that GitHub made$/);
});
