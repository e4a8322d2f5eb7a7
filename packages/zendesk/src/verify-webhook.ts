import { AuthError } from "@auth/core";
import { defineWebhook, type VerifyWebhook } from "@auth/core/webhooks";

/** What Zendesk signs with before a webhook is saved. It is the same for everybody, so that anybody could sign with it. */
const publicSecret = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";

const verifySigned = /* @__PURE__ */ defineWebhook({
  provider: "zendesk",
  name: "Zendesk",
  header: "X-Zendesk-Webhook-Signature",
  secretVariable: "ZENDESK_WEBHOOK_SECRET",
  signsTime: true,
  read(signature, header) {
    const time = header("x-zendesk-webhook-signature-timestamp");
    if (signature === undefined || signature === "" || time === undefined) {
      return {
        reason: "it has no header X-Zendesk-Webhook-Signature, or none with its timestamp",
        remedy:
          "Answer with 401; if Zendesk did send it, check that no proxy on the way removes the headers.",
      };
    }
    if (typeof signature !== "string" || !/^[A-Za-z0-9+/]{43}=$/.test(signature)) {
      return {
        reason: "its signature is not 32 bytes in Base64",
        remedy: "Answer with 401; if Zendesk did send it, check that no proxy rewrites the signature.",
      };
    }
    const bytes = Uint8Array.from(atob(signature), (character) => character.charCodeAt(0));
    const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
    return { signature: bytes, before: time, at: form.test(time) ? Date.parse(time) : Number.NaN };
  },
});

/**
 * Whether a webhook delivery was signed by Zendesk with one of the secrets, and not long ago: HMAC-SHA256 over the timestamp and
 * the raw body, compared in constant time. Takes a `Request`, whose body it reads, or the raw bytes with the headers. Gives the
 * body back, and throws an `AuthError` for whatever it does not accept, so that a forgotten check cannot let anything through.
 *
 * The key is the secret as Zendesk shows it, although it looks like Base64. The secret that Zendesk signs with before a webhook is
 * saved is public, and refused.
 *
 * @throws {AuthError} `AUTH_TOKEN_REJECTED`: the delivery is refused (no signature, a wrong one, one of more than `toleranceMs`
 * ago, a body that is too long); answer with 401. `AUTH_PROVIDER_INVALID`: it is called in the wrong way (no secret, the public
 * one, no headers, a body that was parsed or read before). `AUTH_UNREACHABLE`: the body broke off.
 * @see https://developer.zendesk.com/documentation/webhooks/verifying/ (read 2026-11)
 */
export const verifyWebhook: VerifyWebhook = async (delivery, options) => {
  const { secret, secrets } = Object(options) as Partial<typeof options>;
  const given = [secret, ...(Array.isArray(secrets) ? secrets : [])];
  if (given.some((one) => typeof one === "string" && one.trim() === publicSecret)) {
    throw new AuthError("AUTH_PROVIDER_INVALID", {
      provider: "zendesk",
      message: "The secret is the one that Zendesk signs everybody's test requests with.",
      remedy: "Save the webhook, and pass the secret that Zendesk then shows for it.",
    });
  }
  return verifySigned(delivery, options);
};
