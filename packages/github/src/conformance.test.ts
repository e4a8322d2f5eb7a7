import { randomBytes } from "node:crypto";

import { testProvider } from "@auth/testing";

import { github } from "./index.ts";
import { authInterceptor } from "./undici.ts";

const documentation_url = "https://docs.github.com/rest";
const hex = (): string => `canary-github-${randomBytes(8).toString("hex")}`;

const badCredentials = { message: "Bad credentials", documentation_url, status: "401" };
const viewer = { login: "acme-app[bot]", databaseId: 49_699_333 };

// Recorded, but for the texts of 403 for a lifetime, an allow list and a login limit, which were only quoted.
testProvider(github, {
  env: "GH_TOKEN",
  header: (token) => ["authorization", `Bearer ${token}`],
  identity: {
    kind: "user",
    id: "583231",
    label: "ada",
    tokenKind: "classic",
    scopes: ["read:org", "repo"],
    expiresAt: Date.parse("2026-12-06T06:42:23Z"),
  },
  sampleToken: () => `ghp_${hex()}`,
  verifyPath: "/user",
  now: Date.parse("2026-11-28T12:00:00Z"),
  requestIdHeader: "x-github-request-id",
  headers: { "user-agent": "auth-github" },
  authInterceptor,
  entry: new URL("./index.ts", import.meta.url),
  answers: {
    accepted: {
      headers: {
        "x-oauth-scopes": "read:org, repo",
        "github-authentication-token-expiration": "2026-12-06 07:42:23 +0100",
      },
      body: { id: 583_231, login: "ada", type: "User", email: null, user_view_type: "private" },
    },
    rejected: { body: badCredentials },
    others: [
      {
        name: "a header that did not arrive",
        status: 401,
        headers: { "x-ratelimit-limit": "60", "x-ratelimit-remaining": "59" },
        body: { message: "Requires authentication", documentation_url, status: "401" },
        code: "AUTH_TOKEN_REJECTED",
      },
      {
        name: "the limit of the hour",
        status: 403,
        headers: {
          date: "Sat, 28 Nov 2026 12:00:00 GMT",
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": String(Date.parse("2026-11-28T12:00:17Z") / 1000),
        },
        body: { message: "API rate limit exceeded for user ID 583231.", documentation_url, status: "403" },
        code: "AUTH_RATE_LIMITED",
        retryAfterMs: 17_000,
      },
      {
        name: "the limit for bursts",
        status: 403,
        headers: { "retry-after": "17" },
        body: { message: "You have exceeded a secondary rate limit.", documentation_url, status: "403" },
        code: "AUTH_RATE_LIMITED",
        retryAfterMs: 17_000,
      },
      {
        name: "single sign-on",
        status: 403,
        headers: {
          "x-github-sso": "required; url=https://github.com/orgs/acme/sso?authorization_request=A1",
        },
        body: { message: "Resource protected by organization SAML enforcement.", documentation_url },
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "a missing permission",
        status: 403,
        headers: { "x-accepted-github-permissions": "issues=write" },
        body: { message: "Resource not accessible by personal access token", documentation_url },
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "a missing scope, hidden in a 404",
        status: 404,
        headers: { "x-oauth-scopes": "gist", "x-accepted-oauth-scopes": "repo" },
        body: { message: "Not Found", documentation_url, status: "404" },
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "not there, or hidden",
        status: 404,
        body: { message: "Not Found", documentation_url, status: "404" },
        code: "AUTH_RESPONSE_MALFORMED",
      },
      {
        name: "an unknown version",
        status: 400,
        body: { message: "Bad Request", errors: "The version is not supported.", documentation_url },
        code: "AUTH_RESPONSE_MALFORMED",
      },
      {
        name: "blocked by law",
        status: 451,
        body: { message: "Repository access blocked", block: { reason: "dmca" } },
        code: "AUTH_PERMISSION_DENIED",
      },
    ],
  },
  kinds: [
    {
      name: "an installation's token in the form of April 2026",
      sampleToken: () =>
        `ghs_271828_eyJ${"Q-_9".repeat(40)}.${hex().padEnd(204, "-x_")}.${"Zk_-".repeat(35)}`,
      identity: {
        kind: "installation",
        id: "49699333",
        label: "acme-app[bot]",
        tokenKind: "installation",
      },
      verifyPath: "/graphql",
      answers: {
        accepted: { body: { data: { viewer } } },
        rejected: { body: badCredentials },
        others: [
          {
            name: "a refusal inside a 200",
            status: 200,
            body: { data: null, errors: [{ type: "FORBIDDEN", message: "Resource not accessible" }] },
            code: "AUTH_PERMISSION_DENIED",
          },
        ],
      },
    },
    {
      name: "an app's JWT",
      sampleToken: () =>
        `eyJhbGciOiJSUzI1NiJ9.${Buffer.from(hex()).toString("base64url")}.${"s".repeat(342)}`,
      identity: { kind: "app", id: "271828", label: "acme-app", tokenKind: "app" },
      verifyPath: "/app",
      answers: {
        accepted: { body: { id: 271_828, slug: "acme-app", client_id: "Iv23li", name: "Acme" } },
        rejected: { body: { message: "A JSON web token could not be decoded", documentation_url } },
      },
    },
  ],
});
