import { type Classification, ownField, type ServiceAnswer, ownText } from "@auth/core";

import { retryAfterMsOf } from "./rate-limit.ts";

/**
 * What the Hub means by an answer that is not 2xx: by the headers `X-Error-Code` and `X-Error-Message`, which a HEAD has too,
 * else by the body's words, else by the status.
 *
 * @see https://huggingface.co/docs/hub/security-tokens (read 2026-11)
 */
export function classify(
  { status, headers, body }: ServiceAnswer,
  { now, tokenUrl }: { readonly now: () => number; readonly tokenUrl: string },
): Classification {
  const reason = headers.get("x-error-message") ?? wordsOf(body);
  const requestId =
    headers.get("x-request-id") ?? headers.get("x-amzn-trace-id") ?? headers.get("x-amz-cf-id") ?? undefined;
  return {
    reason,
    requestId,
    ...(status === 429 && { retryAfterMs: retryAfterMsOf(headers, now) }),
    ...meaningOf(status, headers.get("x-error-code"), reason ?? "", tokenUrl),
  };
}

function meaningOf(
  status: number,
  code: string | null,
  reason: string,
  tokenUrl: string,
): Pick<Classification, "code" | "reason" | "remedy"> {
  // The Hub says this to whoever sends no token. A token was sent.
  if (status === 401 && reason.startsWith("Invalid username or password"))
    return {
      code: "AUTH_RESPONSE_MALFORMED",
      reason: `no token arrived (${reason})`,
      remedy: "Check that no proxy on the way to Hugging Face removes the Authorization header.",
    };
  // The Hub looks at the token before it looks at the repository, and a good one gets a 403 here.
  if (status === 401 && code === "GatedRepo") return { code: "AUTH_TOKEN_REJECTED" };
  if (status === 403 && code === "GatedRepo")
    return { code: "AUTH_PERMISSION_DENIED", remedy: "Ask for access on the repository's page." };
  if (status === 404 && code === "RepoNotFound")
    return {
      code: "AUTH_PERMISSION_DENIED",
      reason: "the repository does not exist, or the token may not see it",
      remedy: `Check the repository's name, and at ${tokenUrl} what the token may read.`,
    };
  if (status === 403 && /needs to be approved by the organization/i.test(reason))
    return {
      code: "AUTH_PERMISSION_DENIED",
      remedy: "Ask an administrator of the organization to approve the token.",
    };
  if (status === 403 && /revoked by the organization/i.test(reason))
    return {
      code: "AUTH_PERMISSION_DENIED",
      remedy: `Make another token at ${tokenUrl}, and ask the organization's administrator why this one was revoked.`,
    };
  if (status === 403 && /sufficient permissions/i.test(reason))
    return { code: "AUTH_PERMISSION_DENIED", remedy: `Give the token the permission at ${tokenUrl}.` };
  return {};
}

/** `error` is a text, a list of texts, or an object with a message; OAuth's has a description, and some have `errors`. */
function wordsOf(body: unknown): string | undefined {
  const error = ownField(body, "error");
  const errors = ownField(body, "errors");
  const words = [
    ownText(body, "error_description"),
    ownText(body, "error"),
    ...(Array.isArray(error) ? error : []),
    ownText(error, "message"),
    ...(Array.isArray(errors) ? errors.map((each: unknown) => ownText(each, "message")) : []),
    ownText(body, "message"),
  ];
  return words.find((text): text is string => typeof text === "string" && text.trim() !== "");
}
