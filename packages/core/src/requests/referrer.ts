import { isLoopback, parseUrl } from "./origins.ts";

/** The policy of a request that names none (W3C Referrer Policy, section 3; read 2026-11). */
const defaultPolicy = "strict-origin-when-cross-origin";

const policies = new Set([
  "no-referrer",
  "no-referrer-when-downgrade",
  "same-origin",
  "origin",
  "strict-origin",
  "origin-when-cross-origin",
  "strict-origin-when-cross-origin",
  "unsafe-url",
]);

/** The last policy of an answer that is one (section 8.1). A redirect to another page goes by it. */
export function policyOf(headers: Headers): RequestInit["referrerPolicy"] {
  const given = headers.get("referrer-policy")?.split(",") ?? [];
  const policy = given.map((token) => token.trim()).findLast((token) => policies.has(token));
  return policy as RequestInit["referrerPolicy"];
}

/**
 * What is left of a referrer after a request to a URL (section 8.3): a hop never tells more than the one before it. An
 * empty text is none. The platform's own, such as a page, stays as it is.
 */
export function referrerAfter(
  referrer: string | undefined,
  policy: string | undefined,
  { protocol, hostname, origin }: URL,
): string | undefined {
  const source = parseUrl(referrer);
  if (source === undefined || source.protocol === "about:") return referrer;
  const whole = Object.assign(new URL(source), { username: "", password: "", hash: "" }).href;
  const onlyOrigin = `${source.origin}/`;
  const isSame = source.origin === origin;
  const isDowngrade = source.protocol === "https:" && protocol !== "https:" && !isLoopback(hostname);
  switch (policy || defaultPolicy) {
    case "no-referrer":
      return "";
    case "unsafe-url":
      return whole;
    case "origin":
      return onlyOrigin;
    case "same-origin":
      return isSame ? whole : "";
    case "origin-when-cross-origin":
      return isSame ? whole : onlyOrigin;
    case "strict-origin":
      return isDowngrade ? "" : onlyOrigin;
    case "no-referrer-when-downgrade":
      return isDowngrade ? "" : whole;
    default:
      return isSame ? whole : isDowngrade ? "" : onlyOrigin;
  }
}
