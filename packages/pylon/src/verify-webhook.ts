import { defineWebhook, type HeaderReader, type VerifyWebhook } from "@auth/core/webhooks";

import { lookalikeOf } from "./webhook-lookalikes.ts";

/**
 * Whether a webhook delivery was signed by Pylon with one of the secrets: HMAC-SHA256 over the raw body, compared in
 * constant time. Takes a `Request`, whose body it reads, or the raw bytes with the headers. Gives the body back, and throws
 * an `AuthError` for whatever it does not accept, so that a forgotten check cannot let anything through.
 *
 * Pylon signs no time: a delivery that somebody recorded stays valid. Deduplicate by a field of your own template.
 *
 * @throws {AuthError} `AUTH_TOKEN_REJECTED`: the delivery is refused (no signature, a wrong one, another product's, a body
 * that is too long); answer with 401. `AUTH_PROVIDER_INVALID`: it is called in the wrong way (no secret, no headers, a body
 * that was parsed or read before). `AUTH_UNREACHABLE`: the body broke off, or did not end in time.
 * @see https://kb.help.usepylon.com/articles/6080966819 (read 2026-11)
 */
export const verifyWebhook: VerifyWebhook = /* @__PURE__ */ defineWebhook({
  provider: "pylon",
  name: "Pylon",
  header: "X-Pylon-Signature",
  secretVariable: "PYLON_WEBHOOK_SECRET",
  read: (signature, header) =>
    typeof signature === "string" && /^[0-9a-f]{64}$/.test(signature)
      ? { signature: Uint8Array.from(signature.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)) }
      : problemOf(signature, header),
});

function problemOf(signature: unknown, header: HeaderReader): { reason: string; remedy: string } {
  const lookalike = lookalikeOf(signature, header);
  if (lookalike !== undefined) {
    return {
      reason: `it is signed as ${lookalike} does, which is another product`,
      remedy: `Verify it as ${lookalike} says; usepylon.com signs with X-Pylon-Signature and 64 hexadecimal digits.`,
    };
  }
  if (signature === undefined || signature === "") {
    return {
      reason: "it has no header X-Pylon-Signature",
      remedy: "Answer with 401; if Pylon did send it, check that no proxy on the way removes the header.",
    };
  }
  return {
    reason: "its signature is not 64 lower-case hexadecimal digits",
    remedy:
      "Answer with 401; if Pylon did send it, check that no proxy on the way rewrites X-Pylon-Signature.",
  };
}
