import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { signWebhook } from "./testing/index.ts";
import { isAuthError, verifyWebhook, type VerifyWebhookOptions } from "./webhooks.ts";

/** The secret of these tests. It must not show up in an error. */
const secret = "canary-zendesk-8e1b3d5f7a9c0246";
const body = '{"ticket":{"id":1},"title":"Übergröße"}';
const at = Date.parse("2026-11-01T10:00:00Z");
const now = (): number => at;

function without(headers: Record<string, string>, left: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== left));
}

/** What a verification throws, which must be an `AuthError` without the secret. */
async function refusal(
  given: Parameters<typeof verifyWebhook>[0],
  options: VerifyWebhookOptions,
): Promise<unknown> {
  const error: unknown = await verifyWebhook(given, options).then(
    () => "accepted",
    (reason: unknown) => reason,
  );
  if (!isAuthError(error)) throw new Error(`It is no AuthError: ${inspect(error)}`);
  if ((inspect(error, { depth: 9, showHidden: true }) + error.stack).includes(secret))
    throw new Error("The secret shows.");
  return error;
}

describe("a delivery that Zendesk signed", () => {
  // Computed by hand; the first also by another program.
  it.each([
    ['{"ticket":{"id":1}}', "x0n+0vIXjjYSLOW10Uc0t0Mq/CMDeTGGHs2HSOGVL3o="],
    ["", "2zkkCWUt7q3dVjPiW3yVCoY9L57f+FnDL1iL3oYj6SA="],
  ])("is signed by the characters of the secret, with a body and without: %s", async (text, signature) => {
    const testSecret = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";
    expect(await signWebhook(text, testSecret, at)).toEqual({
      "x-zendesk-webhook-signature": signature,
      "x-zendesk-webhook-signature-timestamp": "2026-11-01T10:00:00Z",
    });
  });

  it("is accepted as a Request, and as raw bytes with the headers", async () => {
    const headers = await signWebhook(body, secret, at);
    const request = new Request("https://receiver.example/", { method: "POST", body, headers });
    expect((await verifyWebhook(request, { secret, now })).text).toBe(body);
    expect((await verifyWebhook(Buffer.from(body), { secret, now, headers })).text).toBe(body);
    const empty = new Request("https://receiver.example/", {
      method: "POST",
      headers: await signWebhook("", secret, at),
    });
    expect((await verifyWebhook(empty, { secrets: ["the new one", secret], now })).text).toBe("");
  });
});

describe("a delivery is refused", () => {
  const rejected = { code: "AUTH_TOKEN_REJECTED", provider: "zendesk" };

  it("that is older than the tolerance, or whose time is in another form", async () => {
    const headers = await signWebhook(body, secret, at - 300_001);
    expect(await refusal(body, { secret, now, headers })).toMatchObject(rejected);
    expect((await verifyWebhook(body, { secret, now, headers, toleranceMs: 600_000 })).text).toBe(body);
    for (const time of ["1793527200", "Sun, 01 Nov 2026 10:00:00 GMT", "2026-11-01", ""]) {
      const odd = { ...headers, "x-zendesk-webhook-signature-timestamp": time };
      expect(await refusal(body, { secret, now, headers: odd, toleranceMs: 1e15 })).toMatchObject(rejected);
    }
  });

  it.each<[string, (good: Record<string, string>) => Record<string, string>]>([
    ["without a signature", (good) => without(good, "x-zendesk-webhook-signature")],
    ["without a timestamp", (good) => without(good, "x-zendesk-webhook-signature-timestamp")],
    [
      "with another time",
      (good) => ({ ...good, "x-zendesk-webhook-signature-timestamp": "2026-11-01T10:00:01Z" }),
    ],
    [
      "with a signature in hexadecimal",
      (good) => ({ ...good, "x-zendesk-webhook-signature": "0".repeat(64) }),
    ],
  ])("%s", async (_, change) => {
    const headers = change(await signWebhook(body, secret, at));
    expect(await refusal(body, { secret, now, headers })).toMatchObject(rejected);
  });

  it("that is signed by the secret as it would be decoded", async () => {
    const looksLikeBase64 = Buffer.from("a secret of thirty-two bytes....").toString("base64");
    const headers = await signWebhook(body, "a secret of thirty-two bytes....", at);
    expect(await refusal(body, { secret: looksLikeBase64, now, headers })).toMatchObject(rejected);
  });
});

it("the secret of everybody's test requests is refused, whatever it signed", async () => {
  const everybodys = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";
  const headers = await signWebhook(body, everybodys, at);
  for (const options of [{ secret: everybodys }, { secrets: [secret, ` ${everybodys}\n`] }])
    expect(await refusal(body, { ...options, now, headers })).toMatchObject({
      code: "AUTH_PROVIDER_INVALID",
      remedy: expect.stringContaining("Save the webhook"),
    });
});
