import { slack } from "@auth/slack";
import { startFakeSlack } from "@auth/slack/testing";
import { ErrorCode, LogLevel, WebClient, type WebClientOptions } from "@slack/web-api";
import { expect, it } from "vitest";

const canary = "canary-slack-1f4e7a9c2d5b8063";
// By itself it tries for half an hour, and writes what went wrong to the console.
const once: WebClientOptions = {
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  logLevel: LogLevel.ERROR,
};

it("says whose the token is, with its scopes", async () => {
  await using fake = await startFakeSlack({ tokens: { [canary]: {} } });
  const client = new WebClient(canary, { ...once, slackApiUrl: `${fake.url}/` });
  const { ok, user_id, bot_id, response_metadata } = await client.auth.test();
  expect([ok, user_id, bot_id]).toEqual([true, "U01ABCDEF", "B01ABCDEF"]);
  expect(response_metadata?.scopes).toContain("chat:write");
});

it("goes through pages, posts a message and sends a file", async () => {
  await using fake = await startFakeSlack({ tokens: { [canary]: {} } });
  const client = new WebClient(canary, { ...once, slackApiUrl: `${fake.url}/` });
  const names: (string | undefined)[] = [];
  for await (const page of client.paginate("conversations.list", { limit: 1 }))
    names.push(...((page as { channels?: { name?: string }[] }).channels ?? []).map(({ name }) => name));
  expect(names).toEqual(["general", "random"]);
  const posted = await client.apiCall("chat.postMessage", { channel: "C01GENERAL", text: "Hi" });
  expect(posted).toMatchObject({ ok: true, message: { text: "Hi" } });
  const uploaded = await client.filesUploadV2({
    content: "hello",
    filename: "a.txt",
    channel_id: "C01GENERAL",
  });
  expect(uploaded).toMatchObject({ ok: true, files: [{ files: [{ name: "a.txt" }] }] });
});

it.each([
  ["an unknown token", "xoxb-unknown", "invalid_auth"],
  ["a token without the scope", canary, "missing_scope"],
])("reports the word for %s", async (_, token, error) => {
  await using fake = await startFakeSlack({ tokens: { [canary]: { scopes: [] } } });
  const client = new WebClient(token, { ...once, slackApiUrl: `${fake.url}/` });
  await expect(client.conversations.list()).rejects.toMatchObject({
    code: ErrorCode.PlatformError,
    data: { error },
  });
});

it("reports how long to wait", async () => {
  await using fake = await startFakeSlack({ tokens: { [canary]: {} } });
  fake.script("auth.test", { status: 429, headers: { "retry-after": "7" } });
  const client = new WebClient(canary, { ...once, slackApiUrl: `${fake.url}/` });
  await expect(client.auth.test()).rejects.toMatchObject({ code: ErrorCode.RateLimitedError, retryAfter: 7 });
});

it("is given tokens for a refresh token, which is good once", async () => {
  await using fake = await startFakeSlack({ refreshTokens: { "xoxe-1-a": {} } });
  const client = new WebClient(undefined, { ...once, slackApiUrl: `${fake.url}/` });
  const refresh = () =>
    client.oauth.v2.access({
      client_id: "111.222",
      client_secret: "client-secret",
      grant_type: "refresh_token",
      refresh_token: "xoxe-1-a",
    });
  const { access_token, expires_in } = await refresh();
  expect([access_token?.startsWith("xoxe.xoxb-1-"), expires_in]).toEqual([true, 43_200]);
  await expect(refresh()).rejects.toMatchObject({ data: { error: "invalid_refresh_token" } });
});

it("sends through an auth's fetch, which adds the token to the API and to nothing else", async () => {
  await using fake = await startFakeSlack({ tokens: { [canary]: {} } });
  const auth = slack({ token: canary, baseUrl: fake.url });
  const client = new WebClient(undefined, { ...once, slackApiUrl: auth.baseUrl, fetch: auth.fetch });
  expect((await client.auth.test()).user).toBe("acme_bot");
  await client.filesUploadV2({ content: "hello", filename: "a.txt" });
  const carried = fake.requests.map(({ place, headers }) => [place, headers.authorization === undefined]);
  // The address for a file takes no token, and is on another origin than `baseUrl`.
  expect(new Map(carried as [string, boolean][])).toEqual(
    new Map([
      ["api", false],
      ["files", true],
    ]),
  );
});
