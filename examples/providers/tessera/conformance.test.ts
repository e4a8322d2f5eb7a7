import { testProvider } from "@auth/testing";

import { tessera } from "./tessera.ts";

function problem(type: string, message: string): object {
  return { error: { type, message } };
}

testProvider(tessera, {
  env: "TESSERA_API_KEY",
  header: (token) => ["x-api-key", token],
  identity: { kind: "project", id: "prj_41", label: "Atlas", scopes: ["tiles"] },
  requestIdHeader: "x-trace-id",
  entry: new URL("tessera.ts", import.meta.url),
  runsOn: "node",
  answers: {
    accepted: {
      body: { key: { id: "key_8f2c", project: { id: "prj_41", name: "Atlas" }, scopes: ["tiles"] } },
    },
    rejected: { body: problem("invalid_key", "This key is not known.") },
    others: [
      {
        name: "expired",
        status: 401,
        body: problem("key_expired", "This key is over."),
        code: "AUTH_TOKEN_EXPIRED",
      },
      {
        name: "scope missing",
        status: 403,
        body: problem("scope_missing", "No."),
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "quota exceeded",
        status: 402,
        headers: { "x-quota-reset": "99999999999" },
        body: problem("quota_exceeded", "The quota is used up."),
        code: "AUTH_RATE_LIMITED",
        retryAfterMs: 86_400_000,
      },
    ],
  },
});
