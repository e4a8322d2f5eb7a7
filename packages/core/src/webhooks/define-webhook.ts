import { ownProperties } from "../untrusted/own-properties.ts";
import { type HeaderReader, headerReader, type WebhookHeaders } from "./header-reader.ts";
import { hmacKey, isSignedWith } from "./hmac.ts";
import { base64Content } from "./base64-content.ts";
import { checkDelivery, isRequest, joined, readDelivery, type WebhookDelivery } from "./read-delivery.ts";
import { type WebhookErrors, webhookErrors } from "./webhook-error.ts";

/** How a service signs what it delivers, by HMAC-SHA256 with a secret that it shares with the receiver. */
export interface WebhookScheme {
  /** The provider's id, for the errors. */
  readonly provider: string;
  /** The service's name for people. */
  readonly name: string;
  /** The header with the signature, as the service writes it: `X-Acme-Signature`. */
  readonly header: string;
  /** A name for the variable with the secret, for the remedy: `ACME_WEBHOOK_SECRET`. */
  readonly secretVariable: string;
  /** Whether a time is signed as well. Deliveries that are older than `toleranceMs` are then refused. Default: false. */
  readonly signsTime?: boolean;
  /** Reads the signature, and whatever other headers are signed. Asked before the body is read. */
  readonly read: (signature: string | undefined, header: HeaderReader) => ReadSignature | RefusedSignature;
}

/** A signature in the form that the service gives it. */
export interface ReadSignature {
  /** Its bytes. */
  readonly signature: Uint8Array<ArrayBuffer>;
  /** What is signed in front of the body. Default: nothing. */
  readonly before?: string;
  /** The time that is signed. Milliseconds since the epoch. */
  readonly at?: number;
}

/** Why a signature cannot be the service's. */
export interface RefusedSignature {
  /** `it has no header X-Acme-Signature` */
  readonly reason: string;
  /** What the receiver should do, in one imperative sentence. */
  readonly remedy: string;
}

/** Options of a provider's `verifyWebhook`. */
export interface VerifyWebhookOptions {
  /** The secret that the service shares with the receiver, as it was shown or given. */
  readonly secret?: string | undefined;
  /** Several, while one takes the place of another: any of them may have signed. Blank ones count as not given. */
  readonly secrets?: readonly (string | undefined)[] | undefined;
  /** For raw bytes: the request's headers, of Node.js or of the platform. */
  readonly headers?: WebhookHeaders | undefined;
  /** For raw bytes, where nothing but the body is signed: the value of the signature's header, instead of the headers. */
  readonly signature?: string | null | undefined;
  /** The longest body that is looked at. Bytes. Default: 1,048,576. */
  readonly maxBytes?: number | undefined;
  /** How long the body of a `Request` may take to arrive. Milliseconds. Default: 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Where the service signs a time: how far it may be from now, either way. Milliseconds. Default: 300,000. */
  readonly toleranceMs?: number | undefined;
  /** Where the service signs a time: the clock. Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** A delivery that the service signed. */
export interface VerifiedWebhook {
  /** The body as it came. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The body as text. */
  readonly text: string;
}

/** Verifies a delivery: gives its body back, or throws an `AuthError`. */
export type VerifyWebhook = (
  delivery: WebhookDelivery,
  options: VerifyWebhookOptions,
) => Promise<VerifiedWebhook>;

/**
 * The `verifyWebhook` of a service that signs as the scheme says. It takes a `Request`, whose body it reads, or the raw bytes
 * with the headers, compares in constant time, and throws for whatever it does not accept, so that a forgotten check cannot let
 * anything through: `AUTH_TOKEN_REJECTED` for a delivery that is refused, `AUTH_PROVIDER_INVALID` for a call that cannot verify
 * anything, `AUTH_UNREACHABLE` for a body that broke off or did not end in time.
 */
export function defineWebhook(scheme: WebhookScheme): VerifyWebhook {
  const errors = webhookErrors(scheme.provider);
  return async (delivery, options) => {
    const given = ownProperties(options);
    const secrets = secretsOf(given, scheme, errors);
    const limits = { maxBytes: maxBytesOf(given, errors), timeoutMs: timeoutMsOf(given, errors) };
    checkDelivery(delivery, errors);
    const header = headerReader(isRequest(delivery) ? delivery.headers : headersOf(given, errors));
    const read = scheme.read(given.signature ?? header(scheme.header.toLowerCase()), header);
    // Before the body: a body that nobody signed is not worth reading.
    if ("reason" in read) throw errors.refused(read.reason, read.remedy);
    checkTime(read, given, scheme, errors);

    const bytes = await readDelivery(delivery, limits, errors);
    const keys = await Promise.all(secrets.map(hmacKey));
    const isSigned = async (body: Uint8Array<ArrayBuffer>): Promise<boolean> => {
      const signed = read.before === undefined ? body : joined([new TextEncoder().encode(read.before), body]);
      // Every key is tried, whichever fits, so that the time says nothing of which did.
      return (await Promise.all(keys.map((key) => isSignedWith(key, read.signature, signed)))).includes(true);
    };
    if (!(await isSigned(bytes))) {
      const content = base64Content(bytes);
      if (content !== undefined && (await isSigned(content)))
        throw errors.misused(
          `The body is the base64 text of what ${scheme.name} signed, as a gateway makes it`,
          'Decode it first: pass Buffer.from(event.body, "base64") where event.isBase64Encoded says so.',
        );
      throw errors.refused(
        "its signature was not made from this body with this secret",
        `Check that the secret is the one that ${scheme.name} has for this webhook, and that the body is the raw bytes and not JSON that was parsed and written again.`,
      );
    }
    return {
      bytes,
      get text() {
        return new TextDecoder().decode(bytes);
      },
    };
  };
}

function secretsOf(
  { secret, secrets = [] }: VerifyWebhookOptions,
  { name, secretVariable }: WebhookScheme,
  { misused }: WebhookErrors,
): string[] {
  // A text would be taken for a list of its letters, each of which could sign.
  if (!Array.isArray(secrets))
    throw misused("The option secrets is no list", "Pass secrets: [next, current].");
  const given = [secret, ...secrets].flatMap((one) => (typeof one === "string" ? one.trim() : []));
  const usable = given.filter((one) => one !== "");
  if (usable.length > 0) {
    const problem = usable.map(secretProblem).find((one) => one !== undefined);
    if (problem === undefined) return usable;
    throw misused(
      `The webhook secret ${problem}`,
      `Pass the secret alone, as ${name} shows it for this webhook.`,
    );
  }
  throw misused(
    "There is no webhook secret to verify with",
    `Pass secret: the one that ${name} has for this webhook, as from ${secretVariable}.`,
  );
}

/** What a secret cannot be, though it is often given so. Not quoted: it may be one all the same. */
function secretProblem(secret: string): string | undefined {
  if (/^(["'`]).*\1$/s.test(secret)) return "stands in quotes";
  // Not the `=` at the end of base64.
  if (/^[A-Za-z_]\w*\s*=\s*[^=\s]/.test(secret)) return "is a line NAME=value";
  if (/^(?:\$\{.*\}|\$\(.*\)|\{env:.*\}|<.*>|\*{3,}|undefined|null|op:\/\/.*)$/s.test(secret))
    return "is a placeholder that nobody filled in";
  return undefined;
}

function maxBytesOf({ maxBytes = 1_048_576 }: VerifyWebhookOptions, { misused }: WebhookErrors): number {
  if (Number.isSafeInteger(maxBytes) && maxBytes >= 0) return maxBytes;
  throw misused("The option maxBytes is no number of bytes", "Pass a whole number, such as 1_048_576.");
}

function timeoutMsOf({ timeoutMs = 10_000 }: VerifyWebhookOptions, { misused }: WebhookErrors): number {
  if (typeof timeoutMs === "number" && timeoutMs > 0) return timeoutMs;
  throw misused("The option timeoutMs is not above zero", "Pass milliseconds, such as 10_000.");
}

/** The headers beside raw bytes. Nothing from the network decides whether there are any: without them the call is wrong. */
function headersOf(given: VerifyWebhookOptions, { misused }: WebhookErrors): WebhookHeaders | undefined {
  const { headers } = given;
  if (typeof headers === "object" && headers !== null && !Array.isArray(headers)) return headers;
  // Given and absent: that is how a reader of headers says that the delivery has no signature.
  if (headers === undefined && "signature" in given) return undefined;
  throw misused(
    "There are no headers beside the raw bytes",
    "Pass headers: the request's own, such as request.headers.",
  );
}

/** A recorded delivery stays valid for as long as its time is near enough to now. */
function checkTime(
  { at = Number.NaN }: ReadSignature,
  { toleranceMs = 300_000, now = Date.now }: VerifyWebhookOptions,
  { signsTime, name }: WebhookScheme,
  { misused, refused }: WebhookErrors,
): void {
  if (signsTime !== true) return;
  if (typeof toleranceMs !== "number" || !(toleranceMs >= 0))
    throw misused("The option toleranceMs is no number of milliseconds", "Pass a number, such as 300_000.");
  if (Math.abs(now() - at) <= toleranceMs) return;
  throw refused(
    `it was signed more than ${toleranceMs} ms before or after now`,
    `Answer with 401; if ${name} did send it just now, check this machine's clock.`,
  );
}
