import { defineWebhook, type HeaderReader, type VerifyWebhook } from "@auth/core/webhooks";

/**
 * Whether a request (an event, a slash command, an interaction) was signed by Slack with one of the app's signing secrets,
 * within the last five minutes: HMAC-SHA256 over the time and the raw body, compared in constant time. Takes a `Request`,
 * whose body it reads, or the raw bytes with the headers. Gives the body back, and throws an `AuthError` for whatever it does
 * not accept, so that a forgotten check cannot let anything through.
 *
 * `toleranceMs` sets how far the time that Slack signed may be from now, either way: 300,000 ms as Slack says. A request that
 * somebody recorded is refused after that, and not before: deduplicate by the event's id.
 *
 * @throws {AuthError} `AUTH_TOKEN_REJECTED`: the request is refused (no signature, a wrong one, an old one, a body that is too
 * long); answer with 401. `AUTH_PROVIDER_INVALID`: it is called in the wrong way (no secret, no headers, a body that was
 * parsed or read before). `AUTH_UNREACHABLE`: the body broke off.
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack (read 2026-11)
 */
export const verifyWebhook: VerifyWebhook = /* @__PURE__ */ defineWebhook({
  provider: "slack",
  name: "Slack",
  header: "X-Slack-Signature",
  secretVariable: "SLACK_SIGNING_SECRET",
  signsTime: true,
  read: readSignature,
});

function readSignature(
  signature: string | undefined,
  header: HeaderReader,
): ReturnType<Parameters<typeof defineWebhook>[0]["read"]> {
  const timestamp = header("x-slack-request-timestamp");
  if (!signature || !timestamp) {
    const missing = signature ? "X-Slack-Request-Timestamp" : "X-Slack-Signature";
    return {
      reason: `it has no header ${missing}`,
      remedy: "Answer with 401; if Slack did send it, check that no proxy on the way removes the header.",
    };
  }
  const [, digits] = /^v0=([0-9a-f]{64})$/.exec(signature) ?? [];
  if (digits === undefined || !/^\d{1,12}$/.test(timestamp)) {
    const odd =
      digits === undefined ? "v0= and 64 lower-case hexadecimal digits" : "of a time in whole seconds";
    return {
      reason: `its signature is not ${odd}`,
      remedy: "Answer with 401; if Slack did send it, check that no proxy on the way rewrites its headers.",
    };
  }
  return {
    signature: Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
    before: `v0:${timestamp}:`,
    at: Number(timestamp) * 1000,
  };
}
