import { randomBytes } from "node:crypto";

import type { KnownToken } from "./token-table.ts";
import type { Budget } from "./rate-window.ts";

/** What the headers of an answer depend on. */
export interface AnswerFacts {
  readonly token: KnownToken | undefined;
  /** What is left of the hour's requests. Absent: GitHub does not tell, as of a token that it does not know. */
  readonly budget: Budget | undefined;
  /** The version that the request asked for. Absent: none is echoed. */
  readonly version: string | undefined;
  /** Of an Enterprise Server. */
  readonly enterpriseVersion: string | undefined;
  /** Which of the two forms an expiry has. */
  readonly expirationForm: "utc" | "offset";
}

/** The headers that GitHub's own answers carry, as recorded. */
export function answerHeaders(facts: AnswerFacts): Record<string, string> {
  const { token, budget, version, enterpriseVersion, expirationForm } = facts;
  return {
    "content-type": "application/json; charset=utf-8",
    "access-control-allow-origin": "*",
    "access-control-expose-headers":
      "ETag, Link, Location, Retry-After, X-GitHub-OTP, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Used, X-RateLimit-Resource, X-RateLimit-Reset, X-OAuth-Scopes, X-Accepted-OAuth-Scopes, X-Poll-Interval, X-GitHub-Media-Type, X-GitHub-SSO, X-GitHub-Request-Id, Deprecation, Sunset",
    "x-github-media-type": "github.v3; format=json",
    "x-github-request-id": requestId(),
    ...(version !== undefined && { "x-github-api-version-selected": version }),
    ...(enterpriseVersion !== undefined && { "x-github-enterprise-version": enterpriseVersion }),
    ...(token?.scopes !== undefined && {
      "x-oauth-scopes": token.scopes.join(", "),
      "x-accepted-oauth-scopes": "",
    }),
    ...(token?.expiresAt !== undefined && {
      "github-authentication-token-expiration": expiration(token.expiresAt, expirationForm),
    }),
    ...(budget !== undefined && {
      "x-ratelimit-limit": String(budget.limit),
      "x-ratelimit-remaining": String(budget.remaining),
      "x-ratelimit-used": String(budget.used),
      "x-ratelimit-reset": String(Math.ceil(budget.resetAt / 1000)),
      "x-ratelimit-resource": "core",
    }),
  };
}

/** `E6F2:175278:1570AEF:136C7FD:695FAC26` */
function requestId(): string {
  const hex = (bytes: number): string => randomBytes(bytes).toString("hex").toUpperCase();
  return [hex(2), hex(3), hex(4), hex(4), hex(4)].join(":");
}

/** `2023-06-28 17:58:10 UTC`, or the same instant an hour ahead: `2023-06-28 18:58:10 +0100`. */
function expiration(at: number, form: "utc" | "offset"): string {
  const shown = new Date(form === "utc" ? at : at + 3_600_000).toISOString();
  return `${shown.slice(0, 10)} ${shown.slice(11, 19)} ${form === "utc" ? "UTC" : "+0100"}`;
}
