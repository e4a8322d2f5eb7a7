import { type AuthErrorCode, type Classification, ownField, type ServiceAnswer, ownText } from "@auth/core";

import { retryAfterMsOf } from "./rate-limit.ts";
import { otherRegion, type PylonRegion, regions } from "./region.ts";

/** What the meaning of an answer depends on, besides the answer. */
export interface Asked {
  readonly region: PylonRegion;
  /** Whether the caller gave an address of their own, so that the region alone does not change where requests go. */
  readonly ownBaseUrl: boolean;
  readonly now: () => number;
}

/** Pylon's own words for what went wrong. The list is not complete; any other word is judged by the status. */
const meanings: ReadonlyMap<string, AuthErrorCode> = new Map([
  ["invalid_authorization_header", "AUTH_TOKEN_REJECTED"],
  ["invalid_api_token", "AUTH_TOKEN_REJECTED"],
  ["invalid_oauth_token", "AUTH_TOKEN_REJECTED"],
  ["wrong_region_token", "AUTH_TOKEN_REJECTED"],
  ["permission_denied", "AUTH_PERMISSION_DENIED"],
  // Answered before Pylon looks at the token.
  ["not_found", "AUTH_RESPONSE_MALFORMED"],
  ["method_not_allowed", "AUTH_RESPONSE_MALFORMED"],
  ["rate_limited", "AUTH_RATE_LIMITED"],
]);

/**
 * What Pylon means by an answer that is not 2xx: by the body's `code`, which it sends since September 2026, else by the
 * status. The sentences in `errors` are shown and not judged by.
 *
 * @see https://docs.usepylon.com/pylon-docs/developer/api/errors (read 2026-11)
 */
export function classify(answer: ServiceAnswer, asked: Asked): Classification {
  const { status, headers, body } = answer;
  const code = ownText(body, "code");
  const told = ownField(body, "errors");
  const errors = (Array.isArray(told) ? told : []).filter((text) => typeof text === "string");
  const facts = {
    requestId: ownText(body, "request_id"),
    retryAfterMs: retryAfterMsOf(headers, asked.now),
  };

  const { host } = regions[otherRegion(asked.region)];
  // Without a code, the other region's host in the text is the one sign that the token belongs there.
  const namesOther = code === undefined && status === 401 && errors.some((text) => text.includes(host));
  if (code === "wrong_region_token" || namesOther) return { ...facts, ...wrongRegion(asked) };
  return {
    ...facts,
    code: code === undefined ? undefined : meanings.get(code),
    reason: errors.find((text) => text.trim() !== ""),
    remedy: code === "invalid_authorization_header" ? headerRemedy : undefined,
  };
}

// What is sent is always `Bearer <token>`: what arrives in another form was changed on the way.
const headerRemedy = "Check that no proxy on the way to Pylon removes or rewrites the Authorization header.";

function wrongRegion({ region, ownBaseUrl }: Asked): Classification {
  const other = otherRegion(region);
  const set = `Pass region: "${other}" or set PYLON_REGION=${other}`;
  return {
    code: "AUTH_TOKEN_REJECTED",
    reason: `it belongs to the region ${other}, and the region ${region} was asked`,
    remedy: ownBaseUrl ? `${set}, with a baseUrl of that region.` : `${set}.`,
  };
}
