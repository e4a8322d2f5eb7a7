import { testProvider } from "@auth/testing";

import { basicOf } from "./fixtures/zendesk-on-loopback.ts";
import { zendesk } from "./index.ts";
import { authInterceptor } from "./undici.ts";

const accepted = {
  body: {
    user: {
      id: 35_436,
      url: "https://acme.zendesk.com/api/v2/users/35436.json",
      name: "Ada",
      email: "ada@example.com",
      role: "admin",
      verified: true,
      active: true,
      suspended: false,
      authenticity_token: "s9JxYbG0cH2qvTn4uRzW1a==",
    },
  },
};

// Recorded: the anonymous user, the words of 401, the unknown record. As clients have it: the words of 403 and of no help desk.
testProvider(zendesk, {
  env: "ZENDESK_OAUTH_TOKEN",
  options: { subdomain: "acme" },
  header: (token) => ["authorization", `Bearer ${token}`],
  identity: { kind: "user", id: "35436", label: "Ada", email: "ada@example.com", role: "admin" },
  requestIdHeader: "x-zendesk-request-id",
  verifyPath: "/api/v2/users/me.json",
  authInterceptor,
  entry: new URL("./index.ts", import.meta.url),
  answers: {
    accepted,
    rejected: {
      body: {
        error: "invalid_token",
        error_description:
          "The access token provided is expired, revoked, malformed or invalid for other reasons.",
      },
    },
    others: [
      {
        name: "a 200 for the anonymous user",
        status: 200,
        body: { user: { id: null, name: "Anonymous user", role: "end-user" } },
        code: "AUTH_TOKEN_REJECTED",
      },
      {
        name: "a missing scope",
        status: 403,
        body: {
          error: "Forbidden",
          description: "You are missing the following required scopes: read",
        },
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "a missing role",
        status: 403,
        body: { error: { title: "Forbidden", message: "You do not have access to this page." } },
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "no such account",
        status: 404,
        body: {
          error: {
            title: "No help desk at acme.zendesk.com",
            message: "There is no help desk configured at this address.",
          },
        },
        code: "AUTH_RESPONSE_MALFORMED",
      },
      {
        name: "rate limited, in words",
        status: 429,
        headers: { "retry-after": "17", "content-type": "text/plain" },
        body: "Number of allowed API requests per minute exceeded",
        code: "AUTH_RATE_LIMITED",
        retryAfterMs: 17_000,
      },
      {
        name: "maintenance",
        status: 503,
        headers: { "retry-after": "17" },
        body: "",
        code: "AUTH_UNREACHABLE",
        retryAfterMs: 17_000,
      },
    ],
  },
});

// The other form, for the API tokens that are left.
testProvider(zendesk, {
  env: (token) => ({ ZENDESK_API_TOKEN: token, ZENDESK_EMAIL: "ada@example.com" }),
  options: { subdomain: "acme", email: "ada@example.com" },
  header: (token) => ["authorization", basicOf("ada@example.com", token)],
  identity: { kind: "user", id: "35436", label: "Ada", email: "ada@example.com", role: "admin" },
  answers: {
    accepted,
    rejected: { status: 200, body: { user: { id: null, name: "Anonymous user", role: "end-user" } } },
  },
});
