import { testProvider } from "@auth/testing";

import { huggingface } from "./index.ts";
import { authInterceptor } from "./undici.ts";

const requestId = "Root=1-68c1a2b3-0123456789abcdef01234567;35e0fdd4-bbe7-4855-a6d2-27f5847fe87d";

function refusal(status: number, error: string, code?: string) {
  const headers = { "x-error-message": error, ...(code !== undefined && { "x-error-code": code }) };
  return { status, headers, body: { error } };
}

// The accepted answer (a fine-grained token's) and most refusals are recorded; the texts of others are from the Hub's pages.
testProvider(huggingface, {
  env: "HF_TOKEN",
  header: (token) => ["authorization", `Bearer ${token}`],
  identity: {
    kind: "user",
    id: "6a61f0c2e4b0d81f2a3c4d5e",
    label: "ada",
    fullName: "Ada",
    accessToken: { name: "deploy", role: "fineGrained" },
  },
  requestIdHeader: "x-request-id",
  verifyPath: "/api/whoami-v2",
  authInterceptor,
  entry: new URL("./index.ts", import.meta.url),
  answers: {
    accepted: {
      headers: { "x-request-id": requestId },
      body: {
        type: "user",
        id: "6a61f0c2e4b0d81f2a3c4d5e",
        name: "ada",
        fullname: "Ada",
        canPay: false,
        orgs: [],
        auth: { type: "access_token", accessToken: { displayName: "deploy", role: "fineGrained" } },
      },
    },
    rejected: refusal(401, "Invalid credentials in Authorization header"),
    others: [
      {
        name: "no token arrived",
        ...refusal(401, "Invalid username or password."),
        code: "AUTH_RESPONSE_MALFORMED",
      },
      {
        name: "a gate, which knows no token",
        ...refusal(401, "Access to model a/b is restricted. Please log in.", "GatedRepo"),
        code: "AUTH_TOKEN_REJECTED",
      },
      {
        name: "a gate that is closed",
        ...refusal(
          403,
          "Access to model a/b is restricted and you are not in the authorized list.",
          "GatedRepo",
        ),
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "an organization's policy",
        ...refusal(
          403,
          "Due to the organization token policy, your token needs to be approved by the organization.",
        ),
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "a repository that is hidden",
        ...refusal(404, "Repository not found", "RepoNotFound"),
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "rate limited",
        status: 429,
        headers: { ratelimit: '"api";r=0;t=17' },
        body: { error: "We had to rate limit you." },
        code: "AUTH_RATE_LIMITED",
        retryAfterMs: 17_000,
      },
      {
        name: "whoami's own limit",
        status: 429,
        headers: { ratelimit: '"api";r=900;t=200', "retry-after": "19" },
        body: { error: "We had to rate limit you." },
        code: "AUTH_RATE_LIMITED",
        retryAfterMs: 19_000,
      },
    ],
  },
});
