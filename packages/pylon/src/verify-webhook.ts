import { AuthError, own } from "@auth/core";

import { isRequest, misused, readDelivery } from "./webhook-body.ts";
import { headerReader, type WebhookHeaders } from "./webhook-headers.ts";
import { lookalikeOf } from "./webhook-lookalikes.ts";
import { isSignedWith, webhookKey } from "./webhook-signature.ts";

export type { WebhookHeaders } from "./webhook-headers.ts";

/** Options of {@link verifyWebhook}. */
export interface VerifyWebhookOptions {
  /** The secret that Pylon showed when the webhook was made, as it was shown. */
  readonly secret?: string | undefined;
  /** Several, while one takes the place of another: any of them may have signed. Blank ones count as not given. */
  readonly secrets?: readonly (string | undefined)[] | undefined;
  /** For raw bytes: the request's headers, of Node.js or of the platform. */
  readonly headers?: WebhookHeaders | undefined;
  /** For raw bytes, instead of the headers: the value of `X-Pylon-Signature`. */
  readonly signature?: string | null | undefined;
  /** The longest body that is looked at. Bytes. Default: 1,048,576. */
  readonly maxBytes?: number | undefined;
}

/** A delivery that Pylon signed. */
export interface VerifiedWebhook {
  /** The body as it came. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The body as text. What is in it is the template of whoever made the webhook. */
  readonly text: string;
}

/**
 * Whether a webhook delivery was signed by Pylon with one of the secrets: HMAC-SHA256 over the raw body, compared in
 * constant time. Takes a `Request`, whose body it reads, or the raw bytes with the headers. Gives the body back, and throws
 * an `AuthError` for whatever it does not accept, so that a forgotten check cannot let anything through.
 *
 * Pylon signs no time: a delivery that somebody recorded stays valid. Deduplicate by a field of your own template.
 *
 * @throws {AuthError} `AUTH_TOKEN_REJECTED`: the delivery is refused (no signature, a wrong one, another product's, a body
 * that is too long); answer with 401. `AUTH_PROVIDER_INVALID`: it is called in the wrong way (no secret, no headers, a body
 * that was parsed or read before). `AUTH_UNREACHABLE`: the body broke off.
 * @see https://kb.help.usepylon.com/articles/6080966819 (read 2026-11)
 */
export async function verifyWebhook(
  delivery: Request | Uint8Array | ArrayBuffer | string,
  options: VerifyWebhookOptions,
): Promise<VerifiedWebhook> {
  const given = own(options);
  const secrets = secretsOf(given);
  const maxBytes = maxBytesOf(given);
  const header = headerReader(isRequest(delivery) ? delivery.headers : headersOf(given));
  const signature = given.signature ?? header("x-pylon-signature");
  // Before the body: a body that nobody signed is not worth reading.
  const problem = signatureProblem(signature, header);
  if (problem !== undefined) throw refused(...problem);

  const bytes = await readDelivery(delivery, maxBytes);
  const keys = await Promise.all(secrets.map(webhookKey));
  // Every key is tried, whichever fits, so that the time says nothing of which did.
  const signed = await Promise.all(keys.map((key) => isSignedWith(key, signature ?? "", bytes)));
  if (!signed.includes(true)) {
    throw refused(
      "its signature was not made from this body with this secret",
      "Check that the secret is the one that Pylon showed for this webhook, and that the body is the raw bytes and not JSON that was parsed and written again.",
    );
  }
  return {
    bytes,
    get text() {
      return new TextDecoder().decode(bytes);
    },
  };
}

function secretsOf({ secret, secrets = [] }: VerifyWebhookOptions): string[] {
  // A text would be taken for a list of its letters, each of which could sign.
  if (!Array.isArray(secrets))
    throw misused("The option secrets is no list", "Pass secrets: [next, current].");
  const given = [secret, ...secrets].flatMap((one) => (typeof one === "string" ? one.trim() : []));
  const usable = given.filter((one) => one !== "");
  if (usable.length > 0) return usable;
  throw misused(
    "There is no webhook secret to verify with",
    "Pass secret: the one that Pylon showed when the webhook was made, as from PYLON_WEBHOOK_SECRET.",
  );
}

function maxBytesOf({ maxBytes = 1_048_576 }: VerifyWebhookOptions): number {
  if (Number.isSafeInteger(maxBytes) && maxBytes >= 0) return maxBytes;
  throw misused("The option maxBytes is no number of bytes", "Pass a whole number, such as 1_048_576.");
}

/** The headers beside raw bytes. Nothing from the network decides whether there are any: without them the call is wrong. */
function headersOf(given: VerifyWebhookOptions): WebhookHeaders | undefined {
  const { headers } = given;
  if (typeof headers === "object" && headers !== null && !Array.isArray(headers)) return headers;
  // Given and absent: that is how a reader of headers says that the delivery has no signature.
  if (headers === undefined && "signature" in given) return undefined;
  throw misused(
    "There are no headers beside the raw bytes",
    "Pass headers: the request's own, such as request.headers.",
  );
}

function signatureProblem(
  signature: string | undefined,
  header: (name: string) => string | undefined,
): [reason: string, remedy: string] | undefined {
  if (typeof signature === "string" && /^[0-9a-f]{64}$/.test(signature)) return undefined;
  const lookalike = lookalikeOf(signature, header);
  if (lookalike !== undefined) {
    return [
      `it is signed as ${lookalike} does, which is another product`,
      `Verify it as ${lookalike} says; usepylon.com signs with X-Pylon-Signature and 64 hexadecimal digits.`,
    ];
  }
  if (signature === undefined || signature === "") {
    return [
      "it has no header X-Pylon-Signature",
      "Answer with 401; if Pylon did send it, check that no proxy on the way removes the header.",
    ];
  }
  return [
    "its signature is not 64 lower-case hexadecimal digits",
    "Answer with 401; if Pylon did send it, check that no proxy on the way rewrites X-Pylon-Signature.",
  ];
}

function refused(reason: string, remedy: string): AuthError {
  return new AuthError("AUTH_TOKEN_REJECTED", {
    provider: "pylon",
    message: `The webhook delivery is refused: ${reason}.`,
    remedy,
  });
}
