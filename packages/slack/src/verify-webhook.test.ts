import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { signWebhook } from "./testing/index.ts";
import { isAuthError, verifyWebhook, type VerifyWebhookOptions } from "./webhooks.ts";

/** The secret of these tests. It must not show up in an error. */
const secret = "canary-slack-8e2b4d60f1a7c935";
const body = '{"type":"event_callback"}';
const sentAt = 1_760_000_000_000;
const now = (): number => sentAt;

/** What a verification throws, which must be an `AuthError` without the secret. */
async function refusal(
  given: Parameters<typeof verifyWebhook>[0],
  options: VerifyWebhookOptions,
): Promise<unknown> {
  const error: unknown = await verifyWebhook(given, { secret, now, ...options }).then(
    () => "accepted",
    (reason: unknown) => reason,
  );
  if (!isAuthError(error)) throw new Error(`It is no AuthError: ${inspect(error)}`);
  const shown = [inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), error.stack];
  if (shown.some((text) => text?.includes(secret))) throw new Error("The secret shows.");
  return error;
}

describe("a request that Slack signed", () => {
  it.each([
    ["JSON", body, "7f5e13d9893f43af831b874cad605f3f5b2f31823348c67099b4b147ca73aed0"],
    ["no body", "", "3f28687c674a7ea7e39b7a65850e3efd12aef3642bd05d8f1cf55df0fa023701"],
  ])("is accepted by a vector made elsewhere: %s", async (_, text, digits) => {
    const signed = await signWebhook(text, "signing-secret-example", { now });
    expect(signed).toEqual({
      "x-slack-request-timestamp": "1760000000",
      "x-slack-signature": `v0=${digits}`,
    });
    const verified = await verifyWebhook(text, { secret: "signing-secret-example", headers: signed, now });
    expect(verified.text).toBe(text);
  });

  it("is accepted as a Request, as Node.js has it, and with any of several secrets", async () => {
    const headers = await signWebhook(body, secret, { now });
    const request = new Request("https://receiver.example/", { method: "POST", headers, body });
    expect((await verifyWebhook(request, { secret, now })).text).toBe(body);
    const upper = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
    );
    const options = { secrets: ["another", secret, " "], headers: upper, now };
    expect((await verifyWebhook(Buffer.from(body), options)).text).toBe(body);
  });

  it.each([-300_000, 300_000])("is accepted five minutes away: %i ms", async (awayMs) => {
    const headers = await signWebhook(body, secret, { now });
    expect((await verifyWebhook(body, { secret, headers, now: () => sentAt + awayMs })).text).toBe(body);
  });
});

describe("a request is refused", () => {
  it.each<[string, (headers: Record<string, string>) => Record<string, string>, RegExp]>([
    ["that has no signature", (all) => without(all, "x-slack-signature"), /X-Slack-Signature/],
    ["that has no time", (all) => without(all, "x-slack-request-timestamp"), /X-Slack-Request-Timestamp/],
    [
      "of another version",
      (all) => ({ ...all, "x-slack-signature": all["x-slack-signature"]?.replace("v0", "v1") ?? "" }),
      /v0=/,
    ],
    ["with capital digits", (all) => ({ ...all, "x-slack-signature": `v0=${"A".repeat(64)}` }), /lower-case/],
    ["that is too short", (all) => ({ ...all, "x-slack-signature": "v0=00" }), /64/],
    [
      "of a time with a fraction",
      (all) => ({ ...all, "x-slack-request-timestamp": "1760000000.5" }),
      /whole seconds/,
    ],
    ["of another time", (all) => ({ ...all, "x-slack-request-timestamp": "1760000001" }), /not made from/],
    [
      "with another signature",
      (all) => ({ ...all, "x-slack-signature": `v0=${"0".repeat(64)}` }),
      /not made from/,
    ],
  ])("%s", async (_, change, message) => {
    const headers = change(await signWebhook(body, secret, { now }));
    expect(await refusal(body, { headers })).toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      provider: "slack",
      message: expect.stringMatching(message),
    });
  });

  it("whose body was changed, however little", async () => {
    const headers = await signWebhook(body, secret, { now });
    expect(await refusal(`${body} `, { headers })).toMatchObject({ code: "AUTH_TOKEN_REJECTED" });
  });

  it.each([-300_001, 300_001])("that is repeated later, or comes from the future: %i ms", async (awayMs) => {
    const headers = await signWebhook(body, secret, { now });
    expect(await refusal(body, { headers, now: () => sentAt + awayMs })).toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      remedy: expect.stringContaining("clock"),
    });
  });

  it("that was signed with the bytes that the secret's digits stand for", async () => {
    const digits = "8f742231b10e88889abcd99aaaccc85a5".slice(0, 32);
    const signature = createHmac("sha256", Buffer.from(digits, "hex"))
      .update(`v0:1760000000:${body}`)
      .digest("hex");
    const headers = { "x-slack-signature": `v0=${signature}`, "x-slack-request-timestamp": "1760000000" };
    expect(await refusal(body, { secret: digits, headers })).toMatchObject({ code: "AUTH_TOKEN_REJECTED" });
  });
});

it.each<[string, VerifyWebhookOptions]>([
  ["no secret", { secret: " ", headers: {} }],
  ["no headers", {}],
])("is misused with %s", async (_, options) => {
  expect(await refusal(body, options)).toMatchObject({ code: "AUTH_PROVIDER_INVALID" });
});

function without(headers: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name));
}
