import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

/** A key and the certificate for it, both in PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/**
 * A certificate for `127.0.0.1` and `localhost` that signs itself, good for two days around now. It has what OpenSSL's
 * strict checks ask of a root, which newer versions of Python make.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export function selfSignedCertificate(): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const publicInfo = publicKey.export({ type: "spki", format: "der" });
  const keyId = createHash("sha1").update(publicInfo).digest();
  const ecdsaWithSha256 = sequence(objectId("2a8648ce3d040302"));
  // CN=127.0.0.1
  const name = sequence(der(0x31, sequence(objectId("550403"), der(0x0c, Buffer.from("127.0.0.1")))));
  const day = 86_400_000;
  const validity = sequence(utcTime(Date.now() - day), utcTime(Date.now() + day));
  const extensions = sequence(
    // subjectAltName
    extension("551d11", sequence(der(0x87, Buffer.of(127, 0, 0, 1)), der(0x82, Buffer.from("localhost")))),
    // basicConstraints, critical: an authority
    extension("551d13", sequence(der(0x01, Buffer.of(0xff))), true),
    // keyUsage, critical: digitalSignature and keyCertSign
    extension("551d0f", der(0x03, Buffer.of(2, 0b1000_0100)), true),
    // subjectKeyIdentifier and authorityKeyIdentifier
    extension("551d0e", der(0x04, keyId)),
    extension("551d23", sequence(der(0x80, keyId))),
  );
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ecdsaWithSha256,
    name,
    validity,
    name,
    publicInfo,
    der(0xa3, extensions),
  );
  const signature = sign("sha256", toBeSigned, privateKey);
  const certificate = sequence(toBeSigned, ecdsaWithSha256, der(0x03, Buffer.of(0), signature));
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`,
  };
}

/** A value in ASN.1's distinguished encoding: tag, length, content. */
function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const length =
    content.length < 128
      ? Buffer.of(content.length)
      : content.length < 256
        ? Buffer.of(0x81, content.length)
        : Buffer.of(0x82, content.length >> 8, content.length & 0xff);
  return Buffer.concat([Buffer.of(tag), length, content]);
}

function sequence(...contents: readonly Buffer[]): Buffer {
  return der(0x30, ...contents);
}

function objectId(hexadecimal: string): Buffer {
  return der(0x06, Buffer.from(hexadecimal, "hex"));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  const flag = critical ? [der(0x01, Buffer.of(0xff))] : [];
  return sequence(objectId(id), ...flag, der(0x04, value));
}

function utcTime(at: number): Buffer {
  const text = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, "");
  return der(0x17, Buffer.from(text.slice(2)));
}
