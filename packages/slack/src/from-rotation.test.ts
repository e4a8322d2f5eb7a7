import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { fakeSlack, fetchFrom } from "./fixtures/slack-on-loopback.ts";
import { slack } from "./index.ts";
import { fileStore, type TokenStore } from "./sources.ts";
import type { FakeSlack } from "./testing/index.ts";

/** The refresh token of these tests. It must not show up in anything that a program prints. */
const canary = "xoxe-1-canary-slack-9f2c4e6a8b1d3057";
const env = { SLACK_CLIENT_ID: "111.222", SLACK_CLIENT_SECRET: "client-secret" };
const start = 1_790_000_000_000;

let folder: string;
let store: TokenStore;
let now = start;
beforeEach(async () => {
  now = start;
  folder = await mkdtemp(path.join(tmpdir(), "slack-rotation-"));
  store = fileStore(path.join(folder, "tokens.json"));
});
afterEach(() => rm(folder, { recursive: true }));

function rotating(fake: FakeSlack, refreshToken = canary, variables: Record<string, string> = env) {
  return slack({
    fetch: fetchFrom(fake),
    env: variables,
    now: () => now,
    rotation: { refreshToken, store },
  });
}

const startFake = (): Promise<FakeSlack> => fakeSlack({ refreshTokens: { [canary]: {} }, now: () => now });

const trades = (fake: FakeSlack): number =>
  fake.requests.filter(({ path: at }) => at === "/api/oauth.v2.access").length;

describe("a rotating token", () => {
  it("is traded for the refresh token, lives for twelve hours, and is renewed with the next one", async () => {
    const fake = await startFake();
    const auth = rotating(fake);
    const first = await auth.token();
    expect(first.source).toMatch(/^token rotation \(generation \d+, file /);
    // By the clock of the store, which passes it on.
    const livesForMs = (first.expiresAt ?? 0) - start;
    expect(Math.abs(livesForMs - 12 * 60 * 60 * 1000)).toBeLessThan(60_000);
    expect((await auth.verify()).identity.kind).toBe("bot");
    const [trade] = fake.requests;
    expect(trade?.headers.authorization).toBe(`Basic ${btoa("111.222:client-secret")}`);
    expect(Object.fromEntries(new URLSearchParams(trade?.body))).toEqual({
      grant_type: "refresh_token",
      refresh_token: canary,
    });
    now += 12 * 60 * 60 * 1000 + 60_000;
    const second = await auth.token();
    expect(second.reveal() === first.reveal()).toBe(false);
    expect((await auth.verify()).identity.kind).toBe("bot");
    expect(trades(fake)).toBe(2);
  });

  it("is shared by all who share the store, and found there again after a restart", async () => {
    const fake = await startFake();
    const tokens = await Promise.all([1, 2, 3].map(() => rotating(fake).token()));
    expect(new Set(tokens.map((token) => token.fingerprint())).size).toBe(1);
    expect(trades(fake)).toBe(1);
  });

  it("comes before the environment's token, which it takes the place of", async () => {
    const fake = await startFake();
    const auth = rotating(fake, canary, { ...env, SLACK_BOT_TOKEN: "xoxb-other" });
    expect((await auth.token()).source).toMatch(/^token rotation \(generation \d+, file /);
  });

  it("is asked for at the address that the requests go to", async () => {
    const fake = await startFake();
    const auth = slack({
      baseUrl: `${fake.url}/`,
      env,
      rotation: { refreshToken: canary, store, key: "another" },
    });
    await auth.token();
    expect(trades(fake)).toBe(1);
  });
});

describe("a rotating token is not had", () => {
  it("with a refresh token that Slack no longer takes: it says to install the app again, and does not ask twice", async () => {
    const fake = await fakeSlack();
    const auth = rotating(fake);
    for (let tries = 0; tries < 2; tries += 1) {
      const error: unknown = await auth.token({ refresh: true }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: "AUTH_TOKEN_SOURCE_FAILED",
        message: expect.stringMatching(/option rotation\.refreshToken/),
      });
      expect(JSON.stringify(error) + String(error)).not.toContain(canary);
    }
    expect(trades(fake)).toBe(1);
  });

  it.each([
    ["a wrong secret", { ...env, SLACK_CLIENT_SECRET: "other" }, "bad_client_secret", /SLACK_CLIENT_SECRET/],
    ["an unknown app", { ...env, SLACK_CLIENT_ID: "9" }, "invalid_client_id", /SLACK_CLIENT_ID/],
  ])("with %s, and the refresh token stays good", async (_, variables, word, remedy) => {
    const fake = await startFake();
    await expect(rotating(fake, canary, variables).token()).rejects.toMatchObject({
      code: "AUTH_TOKEN_SOURCE_FAILED",
      message: expect.stringContaining(word),
      remedy: expect.stringMatching(remedy),
    });
    expect((await rotating(fake).token()).source).toMatch(/^token rotation \(generation \d+, file /);
  });

  it.each([
    ["SLACK_CLIENT_ID", { SLACK_CLIENT_SECRET: "x" }],
    ["SLACK_CLIENT_SECRET", { SLACK_CLIENT_ID: "x", SLACK_CLIENT_SECRET: " " }],
  ])("without %s", async (name, variables) => {
    const fake = await startFake();
    await expect(rotating(fake, canary, variables).token()).rejects.toMatchObject({
      code: "AUTH_PROVIDER_INVALID",
      remedy: expect.stringContaining(`Set ${name}`),
    });
    expect(fake.requests).toEqual([]);
  });
});
