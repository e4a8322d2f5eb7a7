import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";

import { describe, expect, it } from "vitest";

import { canary, fakeDNAnexus } from "../fixtures/sandbox.ts";
import { selfSignedCertificate } from "./certificate.ts";

async function post(url: string, ca: string | undefined): Promise<unknown> {
  const headers = { authorization: `Bearer ${canary}`, "content-type": "application/json" };
  const outgoing = request(url, { method: "POST", headers, ca, agent: false }).end("{}");
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

describe("the fake service with TLS", () => {
  it("answers whoever trusts its certificate, as `dx login --token` asks it", async () => {
    const fake = await fakeDNAnexus({ tls: true });
    expect(fake.environment()).toMatchObject({
      DX_APISERVER_PROTOCOL: "https",
      DX_AUTHSERVER_HOST: "https://127.0.0.1",
    });
    expect(await post(`${fake.url}/system/getUserInfo`, fake.certificate)).toEqual({ username: "alice" });
    const other = selfSignedCertificate().cert;
    await expect(post(`${fake.url}/system/getUserInfo`, other)).rejects.toThrow(/self.signed/);
  });

  it("takes a certificate that it is given, and has none without TLS", async () => {
    const tls = selfSignedCertificate();
    const fake = await fakeDNAnexus({ tls });
    expect(fake.certificate).toBe(tls.cert);
    expect(await post(`${fake.url}/system/whoami`, tls.cert)).toEqual({ id: "user-alice" });
    expect(Object.hasOwn(await fakeDNAnexus(), "certificate")).toBe(false);
  });
});

it("a certificate is for this machine alone, and is what signs it", () => {
  const certificate = new X509Certificate(selfSignedCertificate().cert);
  expect(certificate.subjectAltName).toBe("IP Address:127.0.0.1, DNS:localhost");
  expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(certificate.ca).toBe(true);
  expect(certificate.checkIssued(certificate)).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(new Date(certificate.validFrom).getTime()).toBeLessThan(Date.now());
  expect(new Date(certificate.validTo).getTime()).toBeGreaterThan(Date.now());
});
