import { testProvider } from "@auth/testing";

import { pylon } from "./index.ts";
import { authInterceptor } from "./undici.ts";

const requestId = "35e0fdd4-bbe7-4855-a6d2-27f5847fe87d";

function error(text: string, code: string): object {
  return { errors: [text], request_id: requestId, code };
}

// What Pylon answers is recorded, but for the texts of 403 and 429, which nobody has published.
testProvider(pylon, {
  env: "PYLON_API_TOKEN",
  header: (token) => ["authorization", `Bearer ${token}`],
  identity: {
    kind: "organization",
    id: "5f0c2c1e-7d0e-4c2b-9a55-0d3b8f6f2a10",
    label: "Acme Support",
    user: { id: "0b6d7d0a-5f7e-4a52-8d1c-6a1d2f6f0c33" },
  },
  requestIdHeader: "x-pylon-request-id",
  authInterceptor,
  entry: new URL("./index.ts", import.meta.url),
  answers: {
    accepted: {
      body: {
        data: {
          id: "5f0c2c1e-7d0e-4c2b-9a55-0d3b8f6f2a10",
          name: "Acme Support",
          user: { id: "0b6d7d0a-5f7e-4a52-8d1c-6a1d2f6f0c33" },
        },
        request_id: requestId,
      },
    },
    rejected: { body: error("Invalid API token!", "invalid_api_token") },
    others: [
      {
        name: "rejected, as until September 2026",
        status: 401,
        body: { errors: ["Invalid API token!"], request_id: requestId },
        code: "AUTH_TOKEN_REJECTED",
      },
      {
        name: "a token of the other region",
        status: 401,
        body: error("This token belongs to https://api.eu.usepylon.com.", "wrong_region_token"),
        code: "AUTH_TOKEN_REJECTED",
      },
      {
        name: "permission denied",
        status: 403,
        body: error("Permission denied!", "permission_denied"),
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "rate limited",
        status: 429,
        headers: { "x-retry-after": "17" },
        body: error("Too many requests!", "rate_limited"),
        code: "AUTH_RATE_LIMITED",
        retryAfterMs: 17_000,
      },
      {
        name: "no such path",
        status: 404,
        body: error("Not a valid API URL!", "not_found"),
        code: "AUTH_RESPONSE_MALFORMED",
      },
    ],
  },
});
