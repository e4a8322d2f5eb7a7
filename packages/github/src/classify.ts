import {
  type Classification,
  ownField,
  isJsonObject,
  parseRetryAfter,
  type ServiceAnswer,
  ownText,
} from "@auth/core";

import { scopesOf } from "./github-identity.ts";
import type { GitHubHost } from "./host.ts";

/** What the meaning of an answer depends on, besides the answer. */
export interface Asked {
  readonly host: GitHubHost;
  readonly now: () => number;
}

/**
 * What GitHub means by an answer. It has no code of its own: the status and the headers decide, and only where they say nothing
 * does the text, of which GitHub promises nothing. Only a 401 says that a token is bad.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api (read 2026-11)
 */
export function classify(answer: ServiceAnswer, asked: Asked): Classification {
  const { status, body } = answer;
  const reason = ownText(body, "message");
  if (status >= 200 && status < 300) return inGraphQL(answer, asked);
  if (status === 401) return unauthorized(answer, asked);
  if (status === 403 || status === 429) {
    const limited = singleSignOn(answer, asked) ?? rateLimit(answer, asked);
    if (limited !== undefined) return { reason, ...limited };
    // A page: GitHub's for a request without a User-Agent, or that of whatever answered in GitHub's place.
    if (typeof body === "string") return notJson;
    return { code: "AUTH_PERMISSION_DENIED", reason, remedy: permissionRemedy(answer, asked) };
  }
  if (status === 404) return notFound(answer, asked);
  if (status === 451)
    return {
      code: "AUTH_PERMISSION_DENIED",
      reason,
      remedy: "Use another repository: this one is blocked by law.",
    };
  return { reason: ownText(body, "errors") ?? reason };
}

const notJson: Classification = {
  code: "AUTH_RESPONSE_MALFORMED",
  reason: "the answer is a page and no JSON",
  remedy:
    "Send a User-Agent, and check that nothing on the way, such as a proxy, answers in the place of GitHub.",
};

/** 401: the one refusal that is about the token. */
function unauthorized(answer: ServiceAnswer, { host, now }: Asked): Classification {
  const { headers, body, source } = answer;
  const reason = ownText(body, "message");
  const code = "AUTH_TOKEN_REJECTED";
  if (reason !== undefined && /JSON web token|'(?:Expiration time|Issued at)' claim/.test(reason)) {
    const skewMs = now() - clockOf(headers, now);
    const seconds = Math.round(Math.abs(skewMs) / 1000);
    const clock = `; this machine's clock is ${seconds} s ${skewMs > 0 ? "ahead" : "behind"}`;
    return {
      code,
      reason: `${reason.replace(/[.!]+$/, "")}${seconds > 30 ? clock : ""}`,
      remedy: "Check the app's ID, its private key and this machine's clock.",
    };
  }
  // An unknown token is counted nowhere. A limit in the answer is that of nobody: no token arrived.
  if (headers.has("x-ratelimit-limit") || reason === "Requires authentication") {
    return {
      code,
      reason,
      remedy: "Check that no proxy on the way to GitHub removes the Authorization header.",
    };
  }
  return {
    code,
    reason,
    ...(source.startsWith("command gh") && { remedy: `Run gh auth login --hostname ${host.name}.` }),
  };
}

/** An organization that wants a token to be authorized for its single sign-on: of a 403, or a 404. */
function singleSignOn(
  { headers }: Pick<ServiceAnswer, "headers">,
  { host }: Asked,
): Classification | undefined {
  const [, text] = /^required;\s*url=(\S+)$/.exec(headers.get("x-github-sso") ?? "") ?? [];
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOwn = url?.protocol === "https:" && url.host === host.name && url.username + url.password === "";
  return {
    code: "AUTH_PERMISSION_DENIED",
    remedy: isOwn
      ? `Authorize the token for the organization at ${url.href} within the hour.`
      : `Authorize the token for the organization's single sign-on at ${host.tokenUrl}.`,
  };
}

/** Of a 403 or 429, which say the same here: the hourly limit, the one for bursts, and the one for bad logins. */
function rateLimit({ headers, body }: ServiceAnswer, { now }: Asked): Classification | undefined {
  const code = "AUTH_RATE_LIMITED";
  const asksToWait = parseRetryAfter(headers.get("retry-after"), now);
  if (headers.get("x-ratelimit-remaining")?.trim() === "0") {
    const seconds = headers.get("x-ratelimit-reset")?.trim() ?? "";
    const resetMs = /^\d{1,12}$/.test(seconds) ? Number(seconds) * 1000 - clockOf(headers, now) : undefined;
    return { code, retryAfterMs: asksToWait ?? resetMs };
  }
  if (asksToWait !== undefined) return { code, retryAfterMs: asksToWait };
  const page = ownText(body, "documentation_url") ?? "";
  // Without a header, GitHub asks to wait for a minute at least.
  if (/secondary-rate-limits|#abuse-rate-limits/.test(page)) return { code, retryAfterMs: 60_000 };
  // After several refused tokens it refuses good ones of the same user, too.
  if (/login attempt/i.test(ownText(body, "message") ?? "")) return { code, retryAfterMs: 60_000 };
  return undefined;
}

/** The time of the answer by GitHub's own clock, else by this machine's. */
function clockOf(headers: Headers, now: () => number): number {
  const at = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(at) ? now() : at;
}

/** GitHub says "Not Found" of what a token may not see, and of what is not there. Its headers tell some of the one. */
function notFound(answer: ServiceAnswer, asked: Asked): Classification {
  const reason = ownText(answer.body, "message");
  const hidden = singleSignOn(answer, asked) ?? missingScopes(answer, asked);
  if (hidden !== undefined) return { code: "AUTH_PERMISSION_DENIED", reason, ...hidden };
  return {
    code: "AUTH_RESPONSE_MALFORMED",
    reason: `${reason ?? "Not Found"}, which GitHub also says of what the token may not see`,
    remedy: `Check the path, that baseUrl is the address of the API, and what the token may see at ${asked.host.tokenUrl}.`,
  };
}

/** A token with scopes of which none is among those that the endpoint looks for. */
function missingScopes({ headers }: ServiceAnswer, { host }: Asked): Classification | undefined {
  const has = scopesOf(headers.get("x-oauth-scopes"));
  const accepted = scopesOf(headers.get("x-accepted-oauth-scopes")) ?? [];
  if (has === undefined || accepted.length === 0 || accepted.some((scope) => has.includes(scope)))
    return undefined;
  const list = accepted.slice(0, 9).map(shown).join(", ");
  return { remedy: `Give the token one of these scopes at ${host.tokenUrl}: ${list}.` };
}

function permissionRemedy(answer: ServiceAnswer, asked: Asked): string | undefined {
  const message = ownText(answer.body, "message") ?? "";
  const needed = answer.headers.get("x-accepted-github-permissions")?.trim() ?? "";
  const scopes = missingScopes(answer, asked);
  if (scopes !== undefined) return scopes.remedy;
  if (/not accessible by integration/.test(message))
    return `Give the app, or the job under permissions:, what this needs${needed === "" ? "" : `: ${shown(needed)}`}.`;
  if (/not accessible by personal access token/.test(message))
    return `Give the token the permission at ${asked.host.tokenUrl}${needed === "" ? "" : `: ${shown(needed)}`}.`;
  return remedies.find(([words]) => words.test(message))?.[1];
}

/** By GitHub's sentences, as they were seen. Where one has changed, core's own remedy is given. */
const remedies: readonly (readonly [words: RegExp, remedy: string])[] = [
  [
    /forbids access via a (?:fine-grained )?personal access token/,
    "Use a token of the kind and lifetime that the organization allows.",
  ],
  [/OAuth App access restrictions/, "Ask an owner of the organization to approve the OAuth app."],
  [/IP allow list/, "Ask an owner of the organization to put this machine's address on its IP allow list."],
  [/installation has been suspended/, "Ask an owner of the organization to end the app's suspension."],
  [/account was suspended/, "Ask GitHub's support why the account is suspended."],
];

/** GraphQL says with status 200 what went wrong. */
function inGraphQL({ headers, body }: ServiceAnswer, asked: Asked): Classification {
  const errors = ownField(body, "errors");
  if (!Array.isArray(errors)) return {};
  const of = (type: string): unknown => errors.find((error) => ownText(error, "type") === type);
  const limited = of("RATE_LIMITED");
  if (limited !== undefined) {
    const known = rateLimit({ headers, body, status: 200, source: "" }, asked);
    return { code: "AUTH_RATE_LIMITED", ...known, reason: ownText(limited, "message") };
  }
  const forbidden = of("FORBIDDEN");
  if (forbidden === undefined) return {};
  const isSaml =
    isJsonObject(forbidden) && ownField(ownField(forbidden, "extensions"), "saml_failure") === true;
  return {
    code: "AUTH_PERMISSION_DENIED",
    ...(isSaml && {
      remedy: `Authorize the token for the organization's single sign-on at ${asked.host.tokenUrl}.`,
    }),
    ...singleSignOn({ headers }, asked),
    reason: ownText(forbidden, "message"),
  };
}

/** What a header says, fit to stand in a remedy. */
function shown(text: string): string {
  return text.replaceAll(/[^\w:=,; -]/g, "").slice(0, 120);
}
