import { describe, expect, it } from "vitest";

import { identify } from "./slack-identity.ts";

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

function identified(body: unknown, scopes?: string) {
  return identify(body, { headers: new Headers(scopes === undefined ? {} : { "x-oauth-scopes": scopes }) });
}

describe("an identity", () => {
  it("of a bot has the bot's user, the bot, the workspace, and the scopes of the header", () => {
    expect(identified(bot, "chat:write, channels:read,")).toEqual({
      kind: "bot",
      id: "U01ABCDEF",
      label: "acme_bot",
      team: { id: "T01ABCDEF", name: "Acme" },
      botId: "B01ABCDEF",
      scopes: ["chat:write", "channels:read"],
    });
  });

  it("of a member has no bot, and an organization where there is one", () => {
    const { bot_id, ...member } = bot;
    expect(bot_id).toBe("B01ABCDEF");
    expect(identified({ ...member, enterprise_id: "E01", user_id: "W01" })).toEqual({
      kind: "user",
      id: "W01",
      label: "acme_bot",
      team: { id: "T01ABCDEF", name: "Acme" },
      enterpriseId: "E01",
    });
  });

  it("of an app-level token is the app", () => {
    expect(identified({ ok: true, app_id: "A01", app_name: "Acme App", team_id: "T01" })).toEqual({
      kind: "app",
      id: "A01",
      label: "Acme App",
      team: { id: "T01" },
      appId: "A01",
    });
  });

  it("needs nothing but the id", () => {
    const odd = { ok: true, user_id: "U01", user: 7, team: {}, team_id: null, bot_id: "", enterprise_id: [] };
    expect(identified(odd, "")).toEqual({ kind: "user", id: "U01", scopes: [] });
  });
});

it.each([
  ["a refusal", { ok: false, error: "invalid_auth", user_id: "U01" }],
  ["a success that names nobody", { ok: true, team_id: "T01" }],
  ["no ok", { user_id: "U01" }],
  ["an ok that is a text", { ok: "true", user_id: "U01" }],
  ["a proxy's page", "<title>Log in</title>"],
  ["nothing", undefined],
  ["a list", [bot]],
  ["the prototype's", Object.create(bot)],
])("finds nobody in %s", (_, body) => {
  expect(identified(body)).toBeUndefined();
});
