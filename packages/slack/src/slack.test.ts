import { describe, expect, it } from "vitest";

import { canary, fakeSlack, fetchFrom } from "./fixtures/slack-on-loopback.ts";
import { isAuthError, slack, type SlackOptions } from "./index.ts";

const other = "canary-slack-other-8c2d";

describe("slack", () => {
  it("says who it is without being used", () => {
    const { id, name, tokenUrl } = slack;
    expect({ id, name, tokenUrl }).toEqual({
      id: "slack",
      name: "Slack",
      tokenUrl: "https://api.slack.com/apps",
    });
  });

  it.each<[string, SlackOptions, readonly string[], readonly string[]]>([
    [
      "Slack",
      {},
      ["https://slack.com/api/chat.postMessage", "https://files.slack.com/files-pri/T-F/a.txt"],
      ["https://slack-gov.com/api/auth.test"],
    ],
    [
      "GovSlack",
      { host: "slack-gov.com" },
      ["https://slack-gov.com/api/chat.postMessage"],
      ["https://slack.com/api/auth.test", "https://files.slack.com/files-pri/T-F/a.txt"],
    ],
  ])("sends the token to %s and to nothing else", async (_, options, own, foreign) => {
    const auth = slack({ ...options, env: {}, token: canary });
    for (const url of own) expect(await auth.headers(url)).toEqual({ authorization: `Bearer ${canary}` });
    for (const url of [
      ...foreign,
      "https://hooks.slack.com/services/T/B/x",
      "https://acme.slack.com/",
      "https://avatars.slack-edge.com/a.png",
      "https://slack-files.com/a",
      "https://slack.com.evil.example/api/auth.test",
      "http://slack.com/api/auth.test",
    ])
      expect(await auth.headers(url)).toEqual({});
  });

  it("names the page of its instance, and refuses another host", async () => {
    expect(slack({ host: "slack-gov.com", env: {} }).provider.tokenUrl).toBe(
      "https://api.slack-gov.com/apps",
    );
    await expect(slack({ host: "evil.example" as "slack.com", env: {} }).token()).rejects.toMatchObject({
      code: "AUTH_PROVIDER_INVALID",
      provider: "slack",
      remedy: 'Pass host: "slack-gov.com" for GovSlack, and no host otherwise.',
    });
  });

  it.each([
    ["the option", canary, { SLACK_BOT_TOKEN: other }, "option token"],
    [
      "SLACK_BOT_TOKEN",
      undefined,
      { SLACK_BOT_TOKEN: canary, SLACK_USER_TOKEN: other },
      "env SLACK_BOT_TOKEN",
    ],
    ["SLACK_USER_TOKEN", undefined, { SLACK_USER_TOKEN: canary, SLACK_TOKEN: other }, "env SLACK_USER_TOKEN"],
    ["SLACK_TOKEN", undefined, { SLACK_BOT_TOKEN: " ", SLACK_TOKEN: canary }, "env SLACK_TOKEN"],
  ])("takes the token of %s", async (_, token, env, source) => {
    const found = await slack({ token, env }).token();
    expect(found.source).toBe(source);
    expect(found.reveal() === canary).toBe(true);
  });

  it("names the variables and the page where there is no token", async () => {
    await expect(slack({ env: {} }).token()).rejects.toMatchObject({
      code: "AUTH_TOKEN_NOT_FOUND",
      message: expect.stringMatching(/SLACK_BOT_TOKEN.*SLACK_USER_TOKEN.*SLACK_TOKEN/),
      remedy: expect.stringContaining("https://api.slack.com/apps"),
    });
  });

  it("warns of a variable that holds another kind of token, and of an address that it does not follow", async () => {
    const env = {
      SLACK_BOT_TOKEN: "xapp-1-A1-abc",
      SLACK_TOKEN: "xoxe-1-abc",
      SLACK_API_URL: "https://evil.example/api/",
    };
    const { warnings } = await slack({ env }).explain();
    expect(warnings.slice(0, 3)).toEqual([
      "SLACK_BOT_TOKEN holds an app-level token (xapp-), which works with few methods.",
      "SLACK_TOKEN holds a refresh token (xoxe-), which is no access token.",
      "SLACK_API_URL is set and not followed: pass it as the option baseUrl if the token may go there.",
    ]);
    const same = { SLACK_BOT_TOKEN: canary, SLACK_API_URL: "https://slack.com/api/" };
    expect((await slack({ env: same }).explain()).warnings).toEqual([]);
  });
});

describe("verify", () => {
  it("gives the bot, its workspace and its scopes, and Slack's id for the answer", async () => {
    const fake = await fakeSlack();
    const auth = slack({ fetch: fetchFrom(fake), env: { SLACK_BOT_TOKEN: canary } });
    const { identity, requestId } = await auth.verify();
    expect(identity).toEqual({
      kind: "bot",
      id: "U01ABCDEF",
      label: "acme_bot",
      team: { id: "T01ABCDEF", name: "Acme" },
      botId: "B01ABCDEF",
      scopes: ["chat:write", "channels:read", "files:read", "files:write"],
    });
    expect(requestId).toMatch(/^[0-9a-f]{32}$/);
    expect(fake.requests).toMatchObject([{ place: "api", method: "POST", url: "/api/auth.test" }]);
  });

  it.each([
    ["barred", /not known, or this IP address is not allowed/, /have this IP address allowed/],
    ["revoked", /was revoked/, /Replace the token in env SLACK_BOT_TOKEN/],
    ["inactive", /user or workspace is gone/, /https:\/\/api\.slack\.com\/apps/],
  ] as const)("says why a token is refused in a 200, and forgets it: %s", async (state, message, remedy) => {
    const fake = await fakeSlack({ tokens: { [canary]: { state } } });
    let asked = 0;
    const auth = slack({
      fetch: fetchFrom(fake),
      env: { SLACK_BOT_TOKEN: canary },
    });
    await expect(auth.verify()).rejects.toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      status: 200,
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
      requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    const counted = slack({ fetch: fetchFrom(fake), token: () => (asked++, canary), env: {} });
    await counted.verify().catch(() => undefined);
    await counted.verify().catch(() => undefined);
    expect(asked).toBe(2);
  });
});

describe("errorOf", () => {
  it("says of a 200 which scope is missing, and nothing of a success or of what is not about the token", async () => {
    const fake = await fakeSlack({ tokens: { [canary]: { scopes: ["chat:write"] } } });
    const auth = slack({ fetch: fetchFrom(fake), token: canary, env: {} });
    const post = (path: string, body = "") =>
      auth.fetch(path, {
        method: "POST",
        body,
        headers: { "content-type": "application/x-www-form-urlencoded" },
      });
    const lacking = await post("/conversations.list");
    const error = await auth.errorOf(lacking);
    expect(isAuthError(error, "AUTH_PERMISSION_DENIED")).toBe(true);
    expect(error).toMatchObject({
      status: 200,
      message: expect.stringContaining("it lacks channels:read and has chat:write (missing_scope)"),
      remedy:
        "Add the scope channels:read to the app at https://api.slack.com/apps, and install the app again.",
    });
    // It is still there to be read.
    expect(await lacking.json()).toMatchObject({ error: "missing_scope" });
    expect(await auth.errorOf(await post("/auth.test"))).toBeUndefined();
    expect(await auth.errorOf(await post("/chat.postMessage", "channel=C0"))).toBeUndefined();
  });

  it("tells that a token is refused, whom to tell: fetch keeps it until reject is called", async () => {
    const fake = await fakeSlack({ tokens: {} });
    let asked = 0;
    const auth = slack({ fetch: fetchFrom(fake), token: () => (asked++, canary), env: {} });
    const response = await auth.fetch("/auth.test", { method: "POST" });
    expect(await auth.errorOf(response)).toMatchObject({ code: "AUTH_TOKEN_REJECTED" });
    await auth.fetch("/auth.test", { method: "POST" });
    expect(asked).toBe(1);
    auth.reject();
    await auth.fetch("/auth.test", { method: "POST" });
    expect(asked).toBe(2);
  });
});

it("reads a private file at its own origin, and sends no token to where one is uploaded or posted", async () => {
  const fake = await fakeSlack();
  const auth = slack({ fetch: fetchFrom(fake), token: canary, env: {} });
  const file = await auth.fetch("https://files.slack.com/files-pri/T01ABCDEF-F0EXAMPLE/hello.txt");
  expect(await file.text()).toBe("Hello from Acme");
  const hook = "https://hooks.slack.com/services/T01ABCDEF/B01ABCDEF/not-a-secret";
  const posted = await auth.fetch(hook, { method: "POST", body: '{"text":"Hi"}' });
  expect(await posted.text()).toBe("ok");
  expect(fake.requests.map(({ place, headers }) => [place, headers.authorization !== undefined])).toEqual([
    ["files", true],
    ["hooks", false],
  ]);
});
