import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { fakeZendesk, fetchFrom } from "./fixtures/zendesk-on-loopback.ts";
import { zendesk } from "./index.ts";
import { fileStore, type TokenStore } from "./sources.ts";
import type { FakeZendesk, FakeZendeskOptions } from "./testing/index.ts";

/** The refresh token of these tests. It must not show up in anything that a program prints. */
const canary = "canary-zendesk-6a0c8e2d4f1b9735";
const env = {
  ZENDESK_SUBDOMAIN: "acme",
  ZENDESK_CLIENT_ID: "acme-web",
  ZENDESK_CLIENT_SECRET: "s3cret-of-web",
};
const start = Date.parse("2026-11-28T12:00:00Z");

let folder: string;
let store: TokenStore;
let now = start;
beforeEach(async () => {
  now = start;
  folder = await mkdtemp(path.join(tmpdir(), "zendesk-rotation-"));
  store = fileStore(path.join(folder, "tokens.json"));
});
afterEach(() => rm(folder, { recursive: true }));

const startFake = (options: FakeZendeskOptions = {}): Promise<FakeZendesk> =>
  fakeZendesk({
    tokens: { "first-access-token": { refreshToken: canary } },
    clients: { "acme-web": { secret: "s3cret-of-web", expiresIn: 300 }, "acme-cli": { expiresIn: 300 } },
    now: () => now,
    ...options,
  });

const rotating = (fake: FakeZendesk, variables: Record<string, string> = env) =>
  zendesk({
    fetch: fetchFrom(fake),
    env: variables,
    now: () => now,
    rotation: { refreshToken: canary, store },
  });

const trades = (fake: FakeZendesk): number =>
  fake.requests.filter(({ path: asked }) => asked === "/oauth/tokens").length;

describe("a rotating token", () => {
  it("is traded once by all who share the store, and renewed with what took the first one's place", async () => {
    const fake = await startFake();
    const auths = [1, 2, 3].map(() => rotating(fake));
    const all = (): Promise<number[]> =>
      Promise.all(auths.map(async (auth) => (await auth.fetch("/api/v2/tickets")).status));
    expect(await all()).toEqual([200, 200, 200]);
    now += 300_000;
    expect(await all()).toEqual([200, 200, 200]);
    expect(trades(fake)).toBe(2);
  });

  it("comes before the variables, and is sent as Bearer whatever email is given", async () => {
    const fake = await startFake();
    const auth = zendesk({
      fetch: fetchFrom(fake),
      env: { ...env, ZENDESK_OAUTH_TOKEN: "another" },
      now: () => now,
      email: "ada@example.com",
      rotation: { refreshToken: canary, store },
    });
    const { token } = await auth.verify();
    expect(token.source).toMatch(/^token rotation /);
    expect(JSON.parse(fake.requests[0]?.body ?? "")).toEqual({
      grant_type: "refresh_token",
      client_id: "acme-web",
      client_secret: "s3cret-of-web",
      refresh_token: canary,
    });
  });

  it("is that of a public client, too, with either status that is documented", async () => {
    const fake = await startFake({ oauthStatus: 200 });
    const auth = rotating(fake, { ZENDESK_SUBDOMAIN: "acme", ZENDESK_CLIENT_ID: "acme-cli" });
    expect((await auth.verify()).identity.label).toBe("Ada Lovelace");
    expect(JSON.parse(fake.requests[0]?.body ?? "")).not.toHaveProperty("client_secret");
  });
});

describe("a rotating token is not had", () => {
  it("with a refresh token that Zendesk no longer takes, which is asked about once", async () => {
    const fake = await startFake({ tokens: {} });
    const auth = rotating(fake);
    for (let tries = 0; tries < 2; tries += 1) {
      const error: unknown = await auth.token({ refresh: true }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: "AUTH_TOKEN_SOURCE_FAILED",
        message: expect.stringContaining("option rotation.refreshToken"),
      });
      expect(JSON.stringify(error) + String(error)).not.toContain(canary);
    }
    expect(trades(fake)).toBe(1);
  });

  it("with a wrong secret, and the refresh token stays good", async () => {
    const fake = await startFake();
    await expect(rotating(fake, { ...env, ZENDESK_CLIENT_SECRET: "another" }).token()).rejects.toMatchObject({
      code: "AUTH_TOKEN_SOURCE_FAILED",
      remedy: expect.stringContaining("ZENDESK_CLIENT_SECRET"),
    });
    expect((await rotating(fake).verify()).identity.label).toBe("Ada Lovelace");
  });

  it("without a client", async () => {
    const fake = await startFake();
    await expect(rotating(fake, { ZENDESK_SUBDOMAIN: "acme" }).token()).rejects.toMatchObject({
      code: "AUTH_PROVIDER_INVALID",
      remedy: expect.stringContaining("ZENDESK_CLIENT_ID"),
    });
  });
});
