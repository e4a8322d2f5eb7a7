import { defineWebhook, type VerifyWebhook } from "@auth/core/webhooks";

/**
 * Whether a webhook delivery was signed by GitHub with one of the secrets: HMAC-SHA256 over the raw body, in the header
 * `X-Hub-Signature-256`, compared in constant time. Takes a `Request`, whose body it reads, or the raw bytes with the headers.
 * Gives the body back, and throws an `AuthError` for whatever it does not accept, so that a forgotten check cannot let anything
 * through.
 *
 * GitHub signs no time and no other header: a delivery that somebody recorded stays valid, and `X-GitHub-Event` is not proven.
 *
 * @throws {AuthError} `AUTH_TOKEN_REJECTED`: the delivery is refused (no signature, a wrong one, a body that is too long); answer
 * with 401. `AUTH_PROVIDER_INVALID`: it is called in the wrong way (no secret, no headers, a body that was parsed or read before).
 * `AUTH_UNREACHABLE`: the body broke off.
 * @see https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries (read 2026-11)
 */
export const verifyWebhook: VerifyWebhook = /* @__PURE__ */ defineWebhook({
  provider: "github",
  name: "GitHub",
  header: "X-Hub-Signature-256",
  secretVariable: "GITHUB_WEBHOOK_SECRET",
  read(signature, header) {
    const [, digits] = /^sha256=([0-9a-f]{64})$/.exec(typeof signature === "string" ? signature : "") ?? [];
    if (digits !== undefined)
      return { signature: Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)) };
    if (signature !== undefined && signature !== "") {
      return {
        reason: "its signature is not sha256= and 64 lower-case hexadecimal digits",
        remedy: "Answer with 401; if GitHub did send it, check that no proxy rewrites X-Hub-Signature-256.",
      };
    }
    // SHA-1 is what GitHub sends beside it, for receivers of long ago.
    const isOld = header("x-hub-signature") !== undefined;
    return {
      reason: isOld
        ? "it has X-Hub-Signature, which is SHA-1, and not X-Hub-Signature-256"
        : "it has no header X-Hub-Signature-256",
      remedy: "Answer with 401; if GitHub did send it, set a secret for the webhook on GitHub.",
    };
  },
});
