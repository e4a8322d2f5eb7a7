import { testProvider } from "@auth/testing";

import { slack } from "./index.ts";
import { authInterceptor } from "./undici.ts";

const bot = {
  ok: true,
  url: "https://acme.slack.com/",
  team: "Acme",
  user: "acme_bot",
  team_id: "T01ABCDEF",
  user_id: "U01ABCDEF",
  bot_id: "B01ABCDEF",
  is_enterprise_install: false,
};
const identity = {
  kind: "bot",
  id: "U01ABCDEF",
  label: "acme_bot",
  team: { id: "T01ABCDEF", name: "Acme" },
  botId: "B01ABCDEF",
};

// What Slack answers is recorded (accepted, not_authed) or from its pages; a refusal comes with status 200.
testProvider(slack, {
  env: "SLACK_BOT_TOKEN",
  header: (token) => ["authorization", `Bearer ${token}`],
  identity: { ...identity, scopes: ["chat:write", "channels:read"] },
  requestIdHeader: "x-slack-req-id",
  verifyPath: "/auth.test",
  authInterceptor,
  entry: new URL("./index.ts", import.meta.url),
  kinds: [
    {
      name: "a member's token",
      sampleToken: () => `xoxp-canary-slack-${crypto.randomUUID()}`,
      identity: { kind: "user", id: "U02ADA000", label: "ada" },
      answers: {
        accepted: { body: { ok: true, user: "ada", user_id: "U02ADA000" } },
        rejected: { status: 200, body: { ok: false, error: "token_revoked" } },
      },
    },
  ],
  answers: {
    accepted: { headers: { "x-oauth-scopes": "chat:write,channels:read" }, body: bot },
    rejected: { status: 200, body: { ok: false, error: "invalid_auth" } },
    others: [
      {
        name: "expired",
        status: 200,
        body: { ok: false, error: "token_expired" },
        code: "AUTH_TOKEN_EXPIRED",
      },
      {
        name: "no token arrived",
        status: 200,
        body: { ok: false, error: "not_authed" },
        code: "AUTH_TOKEN_REJECTED",
      },
      {
        name: "a kind of token that the method does not take",
        status: 200,
        body: { ok: false, error: "not_allowed_token_type" },
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "a scope is missing",
        status: 200,
        body: { ok: false, error: "missing_scope", needed: "chat:write", provided: "files:read" },
        code: "AUTH_PERMISSION_DENIED",
      },
      {
        name: "rate limited",
        status: 429,
        headers: { "retry-after": "17" },
        body: { ok: false, error: "ratelimited" },
        code: "AUTH_RATE_LIMITED",
        retryAfterMs: 17_000,
      },
      {
        name: "Slack is out of order, in a 200",
        status: 200,
        body: { ok: false, error: "internal_error" },
        code: "AUTH_UNREACHABLE",
      },
      {
        name: "a word that nobody knows",
        status: 200,
        body: { ok: false, error: "brand_new" },
        code: "AUTH_RESPONSE_MALFORMED",
      },
      {
        name: "no such method",
        status: 200,
        body: { ok: false, error: "unknown_method", req_method: "auth.tset" },
        code: "AUTH_RESPONSE_MALFORMED",
      },
    ],
  },
});
