import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";

import { describe, expect, it, vi } from "vitest";

import { signWebhook } from "./testing/index.ts";
import { isAuthError, verifyWebhook, type VerifyWebhookOptions } from "./webhooks.ts";

/** The secret of these tests. It must not show up in an error. */
const secret = "canary-pylon-6b1e8d4f0a93c725";
const body = '{"event":"issue.created","title":"Übergröße 🧵"}';

function delivery(given: RequestInit & { readonly signature?: string } = {}): Request {
  const { signature, ...init } = given;
  const request = new Request("https://receiver.example/", { method: "POST", body, ...init });
  if (signature !== undefined) request.headers.set("x-pylon-signature", signature);
  return request;
}

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
  const shown = [inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), error.stack];
  if (shown.some((text) => text?.includes(secret))) throw new Error("The secret shows.");
  return error;
}

describe("a delivery that Pylon signed", () => {
  it("is accepted by the vector of the documentation's algorithm", async () => {
    const vector = '{"event":"issue.created","id":"1"}';
    const signature = "da9c3d50db389ddb01ecc93c6259af3ee158f10d2b69da9d396b6feb6078eda9";
    expect(await signWebhook(vector, "whsec-example")).toBe(signature);
    const { text } = await verifyWebhook(vector, { secret: "whsec-example", signature });
    expect(text).toBe(vector);
  });

  it("gives its body back, as bytes and as text, from a Request that is read once", async () => {
    const request = delivery({ signature: await signWebhook(body, secret) });
    const { bytes, text } = await verifyWebhook(request, { secret });
    expect(text).toBe(body);
    expect(Buffer.from(bytes).equals(Buffer.from(body))).toBe(true);
    expect(request.bodyUsed).toBe(true);
  });

  it("may have no body, or one that is no text", async () => {
    const empty = delivery({ body: null, signature: await signWebhook("", secret) });
    expect((await verifyWebhook(empty, { secret })).bytes).toHaveLength(0);
    const binary = new Uint8Array([0xff, 0x00, 0xfe]);
    const signature = await signWebhook(binary, secret);
    expect((await verifyWebhook(binary, { secret, signature })).bytes).toEqual(binary);
  });

  it.each<[string, (signature: string) => VerifyWebhookOptions]>([
    ["a value", (signature) => ({ signature })],
    ["the platform's headers", (signature) => ({ headers: new Headers({ "X-Pylon-Signature": signature }) })],
    ["Node.js's headers", (signature) => ({ headers: { "x-pylon-signature": signature } })],
    ["headers in their own case", (signature) => ({ headers: { "X-Pylon-Signature": [signature] } })],
  ])("is accepted as raw bytes with %s", async (_, given) => {
    const options = { secret, ...given(await signWebhook(body, secret)) };
    for (const raw of [body, Buffer.from(body), new TextEncoder().encode(body).buffer]) {
      expect((await verifyWebhook(raw, options)).text).toBe(body);
    }
  });

  it("is accepted as any view of its bytes, of another realm as well, and of no more than the view", async () => {
    const signature = await signWebhook(body, secret);
    const bytes = Buffer.from(body);
    const padded = new Uint8Array(Buffer.concat([Buffer.from("before"), bytes, Buffer.from("after")]));
    const foreign = runInNewContext("new Uint8Array(bytes)", { bytes: [...bytes] }) as Uint8Array;
    for (const view of [padded.subarray(6, 6 + bytes.length), foreign])
      expect((await verifyWebhook(view, { secret, signature })).text).toBe(body);
  });

  it("stays what was verified, whatever becomes of the buffer that it came in", async () => {
    const signature = await signWebhook(body, secret);
    for (const make of [(bytes: Uint8Array) => bytes, (bytes: Uint8Array<ArrayBuffer>) => bytes.buffer]) {
      const bytes = new TextEncoder().encode(body);
      const verified = verifyWebhook(make(bytes), { secret, signature });
      bytes.fill(0);
      expect((await verified).text).toBe(body);
      bytes.fill(1);
      expect((await verified).text).toBe(body);
    }
  });

  it("is compared by the platform, in constant time, once for each secret, whichever signed", async () => {
    const compare = vi.spyOn(crypto.subtle, "verify");
    const secrets = [secret, "another", "a third"];
    const signature = await signWebhook(body, secret);
    await verifyWebhook(body, { secrets, signature });
    expect(compare).toHaveBeenCalledTimes(3);
    await refusal(body, { secrets, signature: "0".repeat(64) });
    expect(compare).toHaveBeenCalledTimes(6);
    compare.mockRestore();
  });

  it("is accepted by any of several secrets, blank ones aside, and with white space around them", async () => {
    const signature = await signWebhook(body, secret);
    for (const options of [
      { secrets: ["the new one", secret] },
      { secret: "the new one", secrets: [undefined, `${secret}\n`] },
      { secret, secrets: [] },
    ]) {
      expect((await verifyWebhook(body, { ...options, signature })).text).toBe(body);
    }
  });
});

describe("a delivery is refused", () => {
  const rejected = { code: "AUTH_TOKEN_REJECTED", provider: "pylon" };

  it.each<[string, (good: string) => string]>([
    ["that another secret signed", () => "0".repeat(64)],
    ["whose signature is too short", (good) => good.slice(2)],
    ["whose signature is too long", (good) => `${good}00`],
    ["whose signature is no hexadecimal", (good) => `${good.slice(1)}g`],
    ["whose signature is in upper case", (good) => good.toUpperCase()],
    ["whose signature is in Base64", (good) => Buffer.from(good, "hex").toString("base64")],
    ["whose signature is in Base64 for URLs", (good) => Buffer.from(good, "hex").toString("base64url")],
    ["whose signature ends with a line break", (good) => `${good.slice(1)}\n`],
    ["whose signature has digits of another script", (good) => `${good.slice(1)}１`],
    ["that has two signatures", (good) => `${good}, ${good}`],
  ])("%s", async (_, wrong) => {
    // A header of the platform's takes neither line breaks nor other scripts, so that it is given as it is.
    const signature = wrong(await signWebhook(body, secret));
    expect(await refusal(body, { secret, signature })).toMatchObject(rejected);
  });

  it("that has the header twice, in whatever way the server shows it", async () => {
    const [good, bad] = [await signWebhook(body, secret), "0".repeat(64)];
    const twice = new Headers({ "x-pylon-signature": bad });
    twice.append("X-Pylon-Signature", good);
    for (const headers of [
      twice,
      { "x-pylon-signature": [bad, good] },
      { "X-Pylon-Signature": bad, "x-pylon-signature": good },
    ])
      expect(await refusal(body, { secret, headers })).toMatchObject(rejected);
  });

  it("that is signed with a secret as it would be decoded, or over anything but the raw body", async () => {
    const hex = "00112233445566778899aabbccddeeff";
    const decoded = createHmac("sha256", Buffer.from(hex, "hex")).update(body).digest("hex");
    expect(await refusal(body, { secret: hex, signature: decoded })).toMatchObject(rejected);
    const timed = await signWebhook(`1760000000.${body}`, secret);
    const headers = { "x-pylon-signature": timed, "pylon-webhook-timestamp": "1760000000" };
    expect(await refusal(body, { secret, headers })).toMatchObject(rejected);
    const signature = await signWebhook(JSON.stringify(JSON.parse('{ "id": 1.0 }')), secret);
    expect(await refusal('{ "id": 1.0 }', { secret, signature })).toMatchObject(rejected);
  });

  it("whose body is not the one that was signed", async () => {
    const signature = await signWebhook(body, secret);
    expect(await refusal(delivery({ signature, body: body.replace("{", "{ ") }))).toMatchObject({
      ...rejected,
      remedy: expect.stringContaining("raw bytes"),
    });
  });

  it("without a signature, before its body is read", async () => {
    const request = delivery();
    expect(await refusal(request)).toMatchObject({
      ...rejected,
      message: expect.stringContaining("no header X-Pylon-Signature"),
    });
    expect(request.bodyUsed).toBe(false);
    expect(await refusal(body, { secret, signature: null })).toMatchObject(rejected);
  });

  it.each([
    ["getpylon.com", { "pylon-webhook-signature": "hs256=00", "pylon-webhook-timestamp": "1" }],
    ["getpylon.com", { "x-pylon-signature": "hs256=00" }],
    ["getpylon.com", { "pylon-webhook-version": "2021-07" }],
    ["pylonid.eu", { "x-pylon-signature": `SHA256=${"0".repeat(64)}` }],
    ["pylonid.eu", { "x-pylon-signature": `sha256=${"0".repeat(64)}` }],
    ["pylonid.eu", { "x-pylon-signature": `t=1760000000,v1=${"0".repeat(64)}` }],
  ])("that is signed as %s does, naming that product", async (product, headers) => {
    const expected = {
      ...rejected,
      message: expect.stringContaining(product),
      remedy: expect.stringContaining("usepylon.com signs with X-Pylon-Signature"),
    };
    expect(await refusal(delivery({ headers }))).toMatchObject(expected);
    expect(await refusal(body, { secret, headers })).toMatchObject(expected);
  });

  it("whose body is too long, whether it says so or not, and of which no more is read than that", async () => {
    const signature = await signWebhook(body, secret);
    const tooLong = { ...rejected, message: expect.stringContaining("longer than 16 bytes") };
    expect(await refusal(delivery({ signature }), { secret, maxBytes: 16 })).toMatchObject(tooLong);
    expect(await refusal(body, { secret, signature, maxBytes: 16 })).toMatchObject(tooLong);
    let pulled = 0;
    const endless = new ReadableStream({
      pull: (controller) => (pulled++, controller.enqueue(new Uint8Array(10))),
    });
    const request = delivery({ signature, body: endless, duplex: "half" });
    expect(await refusal(request, { secret, maxBytes: 16 })).toMatchObject(tooLong);
    expect(pulled).toBeLessThan(5);
    const liar = delivery({ signature, headers: { "content-length": "99" } });
    expect(await refusal(liar, { secret, maxBytes: 70 })).toMatchObject({ code: "AUTH_TOKEN_REJECTED" });
  });

  it.each<[string, (controller: ReadableStreamDefaultController) => Promise<void> | void]>([
    ["comes to a stop", () => new Promise(() => undefined)],
    ["goes on without a byte", (controller) => controller.enqueue(new Uint8Array())],
  ])("whose body never ends: it %s", async (_, pull) => {
    const stream = new ReadableStream({ pull });
    const request = delivery({ signature: "0".repeat(64), body: stream, duplex: "half" });
    expect(await refusal(request, { secret, timeoutMs: 20 })).toMatchObject({
      code: "AUTH_UNREACHABLE",
      message: expect.stringContaining("did not end within 20 ms"),
    });
  });

  it("whose body breaks off", async () => {
    const stream = new ReadableStream({ pull: (controller) => controller.error(new Error(secret)) });
    const request = delivery({ signature: "0".repeat(64), body: stream, duplex: "half" });
    expect(await refusal(request)).toMatchObject({ code: "AUTH_UNREACHABLE" });
  });
});

describe("a call that cannot verify anything says what to change", () => {
  const invalid = { code: "AUTH_PROVIDER_INVALID" };

  it.each<VerifyWebhookOptions>([
    {},
    { secret: "" },
    { secret: " \n" },
    { secrets: [undefined, ""] },
    { secrets: [] },
  ])("without a secret: %j", async (options) => {
    expect(await refusal(body, { ...options, signature: "0".repeat(64) })).toMatchObject({
      ...invalid,
      remedy: expect.stringContaining("PYLON_WEBHOOK_SECRET"),
    });
  });

  it("with a text for the list of secrets, whose every letter could sign otherwise", async () => {
    const secrets = "whsec" as unknown as string[];
    const signature = await signWebhook(body, "w");
    expect(await refusal(body, { secrets, signature })).toMatchObject({
      ...invalid,
      remedy: "Pass secrets: [next, current].",
    });
  });

  it("with secrets that only a prototype has", async () => {
    const options = Object.create({ secret, secrets: [secret] }) as VerifyWebhookOptions;
    const signature = await signWebhook(body, secret);
    expect(await refusal(body, Object.assign(options, { signature }))).toMatchObject(invalid);
    // @ts-expect-error: what a program in JavaScript may do
    await expect(verifyWebhook(body)).rejects.toMatchObject(invalid);
  });

  it.each([Number.NaN, -1, 1.5, "1 MB" as unknown as number])(
    "with a limit that would be none: maxBytes %s",
    async (maxBytes) => {
      const signature = await signWebhook(body, secret);
      expect(await refusal(body, { secret, signature, maxBytes })).toMatchObject({
        ...invalid,
        message: expect.stringContaining("maxBytes"),
      });
    },
  );

  it.each([
    ["parsed JSON", { event: "issue.created" }],
    ["nothing", undefined],
    ["null", null],
    ["Node.js's own request", { headers: {}, socket: {} }],
    ["an event of AWS Lambda", { headers: {}, body: "{}", isBase64Encoded: false }],
    ["a request of node-fetch", { headers: new Headers(), bodyUsed: false, body: { pipe: () => undefined } }],
  ])("with %s for a body", async (_, wrong) => {
    const options = { secret, signature: "0".repeat(64) };
    // @ts-expect-error: what a program in JavaScript may pass
    expect(await refusal(wrong, options)).toMatchObject({
      ...invalid,
      remedy: expect.stringContaining("framework"),
    });
  });

  it("with a body that a gateway made base64 of, which is not accepted either", async () => {
    const signature = await signWebhook(body, secret);
    for (const encoding of ["base64", "base64url"] as const) {
      const encoded = Buffer.from(body).toString(encoding);
      for (const given of [encoded, Buffer.from(encoded)])
        expect(await refusal(given, { secret, signature })).toMatchObject({
          ...invalid,
          remedy: expect.stringContaining('Buffer.from(event.body, "base64")'),
        });
    }
    // Nobody signed this one, in whatever form.
    const foreign = Buffer.from("{}").toString("base64");
    expect(await refusal(foreign, { secret, signature })).toMatchObject({ code: "AUTH_TOKEN_REJECTED" });
  });

  it.each<[string, object, RegExp]>([
    [
      "an event of a gateway",
      { headers: {}, body: "e30=", isBase64Encoded: true },
      /event\.isBase64Encoded \? "base64"/,
    ],
    [
      "Express's request",
      { headers: {}, body: {}, socket: {}, app: {} },
      /express\.raw\(.*headers: request\.headers/,
    ],
    ["Fastify's request", { headers: {}, body: {}, raw: {}, server: {} }, /and not what it parsed/],
    [
      "Node.js's request",
      { headers: {}, socket: {}, pipe: () => undefined },
      /the bytes that the framework received \(/,
    ],
  ])("with %s passed whole, and no headers", async (_, wrong, remedy) => {
    const options = { secret, headers: undefined };
    // @ts-expect-error: what a program in JavaScript may pass
    expect(await refusal(wrong, options)).toMatchObject({
      ...invalid,
      remedy: expect.stringMatching(remedy),
    });
  });

  it.each([
    ["in quotes", `"${secret}"`, "stands in quotes"],
    ["in single quotes", `'${secret}'\n`, "stands in quotes"],
    ["as a line of a file", `PYLON_WEBHOOK_SECRET=${secret}`, "is a line NAME=value"],
    ["that nobody filled in", "${PYLON_WEBHOOK_SECRET}", "is a placeholder"],
    ["that was not there", "undefined", "is a placeholder"],
  ])("with a secret %s", async (_, wrong, problem) => {
    const signature = await signWebhook(body, wrong.trim());
    for (const options of [{ secret: wrong }, { secrets: [secret, wrong] }])
      expect(await refusal(body, { ...options, signature })).toMatchObject({
        ...invalid,
        message: expect.stringContaining(problem),
        remedy: "Pass the secret alone, as Pylon shows it for this webhook.",
      });
  });

  it("but not with a secret that looks like base64", async () => {
    for (const good of ["c2VjcmV0MTI=", "c2VjcmV0MQ=="]) {
      const signature = await signWebhook(body, good);
      expect((await verifyWebhook(body, { secret: good, signature })).text).toBe(body);
    }
  });

  it("with a Request that was read before", async () => {
    const request = delivery({ signature: "0".repeat(64) });
    await request.text();
    expect(await refusal(request)).toMatchObject({ ...invalid, message: expect.stringContaining("before") });
    const locked = delivery({ signature: "0".repeat(64) });
    locked.body?.getReader();
    expect(await refusal(locked)).toMatchObject({ ...invalid, message: expect.stringContaining("before") });
  });

  it.each([
    ["nothing", undefined],
    ["null", null],
    ["a text", "x-pylon-signature"],
    ["Node.js's list of raw headers", ["x-pylon-signature", "00"]],
  ])("with %s for headers beside raw bytes", async (_, headers) => {
    const options = { secret, headers } as unknown as VerifyWebhookOptions;
    expect(await refusal(body, options)).toMatchObject({
      ...invalid,
      remedy: expect.stringContaining("headers"),
    });
  });

  it("but not with a delivery whose own headers have no signature, which is refused", async () => {
    const rejected = { code: "AUTH_TOKEN_REJECTED", message: expect.stringContaining("X-Pylon-Signature") };
    for (const given of [
      { headers: {} },
      { headers: new Headers() },
      { signature: undefined },
      { signature: null },
    ])
      expect(await refusal(body, { secret, ...given })).toMatchObject(rejected);
    expect(await refusal(delivery(), { secret })).toMatchObject(rejected);
  });

  it("with a signature that is no text", async () => {
    const signature = [await signWebhook(body, secret)] as unknown as string;
    expect(await refusal(body, { secret, signature })).toMatchObject({ code: "AUTH_TOKEN_REJECTED" });
  });
});
