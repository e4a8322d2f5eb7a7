import {
  type AuthErrorCode,
  type Classification,
  ownField,
  parseRetryAfter,
  type ServiceAnswer,
  ownText,
} from "@auth/core";

/** Pages of the console, for the remedies. */
export const pages = {
  keys: "https://platform.claude.com/settings/keys",
  limits: "https://platform.claude.com/settings/limits",
  billing: "https://platform.claude.com/settings/billing",
} as const;

const denied: AuthErrorCode = "AUTH_PERMISSION_DENIED";

/**
 * What stands in `details.error_code` where the key is good and the organization may not go on. Not all of them: with any
 * other, the type and the status count.
 */
const accessCodes: ReadonlyMap<unknown, string> = new Map([
  ["organization_on_hold", "Ask an administrator of the organization why it is on hold."],
  ["organization_type_not_supported", "Use a key of another organization."],
  ["claude_code_key_creator_not_member", "Have a member of the organization make another key."],
  ["cmek_key_disabled", "Ask an administrator to enable the organization's encryption key."],
  ["enforced_spend_limit_reached", `Wait for the next month, or raise the limit at ${pages.limits}.`],
  ["contract_spend_limit_reached", "Ask an administrator of the organization about its contract."],
  ["linked_organization_spend_limit_reached", `Raise the limit at ${pages.limits}.`],
  ["linked_organization_billing_unavailable", `Check the billing at ${pages.billing}.`],
]);

/**
 * What Anthropic means by an answer that is not 2xx: by `details.error_code` and `error.type`, else by the status. Its
 * sentences may be reworded, so they are looked at only where nothing else tells two things apart.
 *
 * @see https://platform.claude.com/docs/en/api/errors (read 2026-11)
 */
export function classify({ status, headers, body }: ServiceAnswer, now: () => number): Classification {
  const error = ownField(body, "error");
  const reason = ownText(error, "message");
  return {
    reason,
    requestId: ownText(body, "request_id"),
    ...waitOf(headers, now),
    ...meaningOf(status, error, reason ?? "", ownField(body, "type") === "error"),
  };
}

function meaningOf(
  status: number,
  error: unknown,
  reason: string,
  isOfTheApi: boolean,
): Pick<Classification, "code" | "reason" | "remedy"> {
  const remedy = accessCodes.get(ownField(ownField(error, "details"), "error_code"));
  if (remedy !== undefined) return { code: denied, remedy };
  switch (ownText(error, "type")) {
    case "authentication_error":
      return meaningOf401(status, reason);
    case "billing_error":
      return { code: denied, remedy: `Check the billing at ${pages.billing}.` };
    case "invalid_request_error":
      return meaningOf400(reason);
    case "permission_error":
      return {
        code: denied,
        remedy:
          "Use a key or a token that has the permission: an admin key for the Admin API, an API key for the others.",
      };
    case "forbidden":
      // What stands before the API answers this, by where the request comes from, and without the API's envelope.
      return isOfTheApi
        ? { code: denied }
        : {
            code: "AUTH_UNREACHABLE",
            reason: `the request was stopped before anybody looked at the token${reason && ` (${reason})`}`,
            remedy: "Send it from a country and a network that Anthropic serves, or try again later.",
          };
    case "rate_limit_error":
      return { code: "AUTH_RATE_LIMITED" };
    case "api_error":
    case "timeout_error":
    case "overloaded_error":
      return { code: "AUTH_UNREACHABLE" };
    default:
      return {};
  }
}

/** Most mean the key; the first two do not. */
function meaningOf401(status: number, reason: string): Pick<Classification, "code" | "reason" | "remedy"> {
  if (/^CORS requests are not allowed/i.test(reason))
    return { code: denied, remedy: "Send the request from a server, without the header Origin." };
  if (/header is required|not currently supported|currently not supported/i.test(reason))
    return {
      code: "AUTH_RESPONSE_MALFORMED",
      reason: `what was sent did not arrive (${reason})`,
      remedy:
        "Check that nothing on the way to Anthropic removes x-api-key, Authorization or anthropic-beta.",
    };
  if (/token has expired/i.test(reason)) return { code: "AUTH_TOKEN_EXPIRED" };
  return status === 401 ? { code: "AUTH_TOKEN_REJECTED" } : {};
}

/** Accounts that cannot go on hide behind a 400. */
function meaningOf400(reason: string): Pick<Classification, "code" | "remedy"> {
  if (/organization has been disabled/i.test(reason))
    return { code: denied, remedy: "Ask an administrator of the organization why it was disabled." };
  if (/usage limits|spend(?:ing)? limit/i.test(reason))
    return { code: denied, remedy: `Raise the spend limit at ${pages.limits}.` };
  return {};
}

/** `retry-after-ms` is more exact than the standard header, which core reads by itself. */
function waitOf(headers: Headers, now: () => number): Pick<Classification, "retryAfterMs"> {
  const exact = headers.get("retry-after-ms")?.trim() ?? "";
  if (!/^\d{1,12}$/.test(exact)) return {};
  const bounded = parseRetryAfter(String(Math.ceil(Number(exact) / 1000)), now);
  return { retryAfterMs: Math.min(Number(exact), bounded ?? 0) };
}
