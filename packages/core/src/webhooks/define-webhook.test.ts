import { describe, expect, it } from "vitest";

import { defineWebhook, hmacSha256, type VerifyWebhookOptions } from "../webhooks.ts";

const secret = "canary-webhook-5d1f8a03c7e2b946";
const signedAt = 1_790_000_000_000;

/** A service that signs a time in front of the body, as several do. */
const verifyWebhook = defineWebhook({
  provider: "acme",
  name: "Acme",
  header: "X-Acme-Signature",
  secretVariable: "ACME_WEBHOOK_SECRET",
  signsTime: true,
  read(signature, header) {
    const time = header("x-acme-time");
    if (signature === undefined || time === undefined)
      return { reason: "it has no header X-Acme-Signature", remedy: "Answer with 401." };
    return { signature: new Uint8Array(Buffer.from(signature, "base64")), before: time, at: Number(time) };
  },
});

async function headersFor(body: string | Uint8Array, time = String(signedAt)): Promise<Headers> {
  const signed = Buffer.concat([Buffer.from(time), Buffer.from(body)]);
  const signature = Buffer.from(await hmacSha256(secret, signed)).toString("base64");
  return new Headers({ "x-acme-signature": signature, "x-acme-time": time });
}

describe("a service that signs a time in front of the body", () => {
  const at = (now: number): VerifyWebhookOptions => ({ secret, now: () => now });

  it("is believed as long as the time is near, before and after", async () => {
    const headers = await headersFor("{}");
    for (const now of [signedAt, signedAt - 300_000, signedAt + 300_000])
      expect((await verifyWebhook("{}", { ...at(now), headers })).text).toBe("{}");
    const request = new Request("https://receiver.example/", { method: "POST", body: "{}", headers });
    expect((await verifyWebhook(request, at(signedAt))).text).toBe("{}");
  });

  it.each([
    ["too old", signedAt + 300_001, undefined],
    ["from the future", signedAt - 300_001, undefined],
    ["older than the receiver wants", signedAt + 11, 10],
  ])("is not believed when it is %s, and the body is not read", async (_, now, toleranceMs) => {
    const headers = await headersFor("{}");
    const request = new Request("https://receiver.example/", { method: "POST", body: "{}", headers });
    await expect(verifyWebhook(request, { ...at(now), toleranceMs })).rejects.toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      provider: "acme",
      remedy: expect.stringContaining("clock"),
    });
    expect(request.bodyUsed).toBe(false);
  });

  it("is not believed when its time is none, whoever signed it", async () => {
    const headers = await headersFor("{}", "soon");
    await expect(verifyWebhook("{}", { ...at(signedAt), headers })).rejects.toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
    });
  });

  it("is refused when its time was changed", async () => {
    const headers = await headersFor("{}");
    headers.set("x-acme-time", String(signedAt + 1));
    await expect(verifyWebhook("{}", { ...at(signedAt), headers })).rejects.toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      message: expect.stringContaining("signature"),
    });
  });

  it.each([-1, Number.NaN, "5 min" as unknown as number])(
    "cannot be verified with a tolerance of %s",
    async (toleranceMs) => {
      const headers = await headersFor("{}");
      await expect(verifyWebhook("{}", { ...at(signedAt), headers, toleranceMs })).rejects.toMatchObject({
        code: "AUTH_PROVIDER_INVALID",
        message: expect.stringContaining("toleranceMs"),
      });
    },
  );
});
