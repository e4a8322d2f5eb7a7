import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { signWebhook } from "./testing/index.ts";
import { isAuthError, verifyWebhook, type VerifyWebhookOptions } from "./webhooks.ts";

/** The secret of these tests. It must not show up in an error. */
const secret = "canary-github-7c2a9e5d1b083f64";
const body = '{"action":"opened","zen":"Übergröße"}';

/** GitHub's own vector, of its page on validating deliveries. */
const vector = {
  secret: "It's a Secret to Everybody",
  body: "Hello, World!",
  signature: "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
};

/** What a verification throws, which must be an `AuthError` without the secret. */
async function refusal(
  given: Parameters<typeof verifyWebhook>[0],
  options: VerifyWebhookOptions = { secret },
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

describe("a delivery that GitHub signed", () => {
  it("is accepted by the vector of GitHub's page", async () => {
    expect(await signWebhook(vector.body, vector.secret)).toBe(vector.signature);
    const { text } = await verifyWebhook(vector.body, vector);
    expect(text).toBe(vector.body);
  });

  it("is accepted as a Request, and as raw bytes with the headers", async () => {
    const headers = { "X-Hub-Signature-256": await signWebhook(body, secret), "X-GitHub-Event": "issues" };
    const request = new Request("https://receiver.example/", { method: "POST", body, headers });
    expect((await verifyWebhook(request, { secret })).text).toBe(body);
    expect((await verifyWebhook(Buffer.from(body), { secret, headers })).text).toBe(body);
    expect((await verifyWebhook(body, { secrets: ["the new one", secret], headers })).text).toBe(body);
  });
});

describe("a delivery is refused", () => {
  const rejected = { code: "AUTH_TOKEN_REJECTED", provider: "github" };

  it.each<[string, (good: string) => string]>([
    ["that another secret signed", () => `sha256=${"0".repeat(64)}`],
    ["whose signature has no sha256= in front", (good) => good.slice("sha256=".length)],
    ["whose signature is in upper case", (good) => `sha256=${good.slice("sha256=".length).toUpperCase()}`],
    ["whose signature is too short", (good) => good.slice(0, -2)],
    ["whose signature is SHA-1's", () => `sha1=${"0".repeat(40)}`],
    ["that has two signatures", (good) => `${good}, ${good}`],
  ])("%s", async (_, wrong) => {
    const signature = wrong(await signWebhook(body, secret));
    expect(await refusal(body, { secret, signature })).toMatchObject(rejected);
  });

  it("whose body is not the one that was signed", async () => {
    const signature = await signWebhook(body, secret);
    expect(await refusal(`${body} `, { secret, signature })).toMatchObject({
      ...rejected,
      remedy: expect.stringContaining("raw bytes"),
    });
  });

  it("that has the old header alone, which is named", async () => {
    const headers = { "x-hub-signature": `sha1=${"0".repeat(40)}` };
    expect(await refusal(body, { secret, headers })).toMatchObject({
      ...rejected,
      message: expect.stringContaining("SHA-1"),
    });
    expect(await refusal(body, { secret, headers: {} })).toMatchObject({
      ...rejected,
      message: expect.stringContaining("no header X-Hub-Signature-256"),
      remedy: expect.stringContaining("set a secret"),
    });
  });
});

it("a call without a secret says which to pass", async () => {
  expect(await refusal(body, { signature: vector.signature })).toMatchObject({
    code: "AUTH_PROVIDER_INVALID",
    remedy: expect.stringContaining("GITHUB_WEBHOOK_SECRET"),
  });
});
