import { inspect } from "node:util";

import {
  exchange,
  found,
  fromValue,
  isAuthError,
  shared,
  type SourceContext,
  type TokenStore,
} from "@auth/core";
import { type IoRedisClient, type NodeRedisClient, redisStore } from "@auth/core/redis";
import { testTokenStore } from "@auth/testing";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type RedisServer, startRedis } from "./redis-server.ts";

const encryptionKey = new Uint8Array(32).fill(7);
const secret = "canary-redis-5e1f0c9a7b3d2846";

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis({ durable: false });
});
afterAll(() => server[Symbol.asyncDispose]());

function contextOf(): SourceContext {
  return { signal: new AbortController().signal, env: {}, fetch, now: Date.now, reason: "initial" };
}

const clients: Readonly<
  Record<string, () => Promise<{ client: NodeRedisClient | IoRedisClient; close: () => void }>>
> = {
  async redis() {
    const client = createClient({ socket: { path: server.socket, tls: false } });
    client.on("error", () => undefined);
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  async ioredis() {
    const client = new Redis({ path: server.socket });
    client.on("error", () => undefined);
    return { client, close: () => client.disconnect() };
  },
};

describe.each(Object.entries(clients))("by the client %s", (name, connect) => {
  const close: (() => void)[] = [];
  const storeOf = async (options = {}): Promise<TokenStore> => {
    const connected = await connect();
    close.push(connected.close);
    return redisStore(connected.client, { encryptionKey, ...options });
  };
  afterAll(() => close.forEach((end) => end()));

  testTokenStore(() => storeOf());

  test("gives a fence above what the asker knows, where the store has lost it and its clock is behind", async () => {
    const after = Date.now() + 60_000;
    const answer = await (await storeOf()).claim(`behind ${name}`, { after, leaseMs: 1_000 });
    expect(answer).toMatchObject({ outcome: "won", fence: after + 1 });
  });

  describe("without encryption", () => {
    testTokenStore(() => storeOf({ encryptionKey: "none", prefix: "plain:" }));
  });

  test("knows its scripts after a restart, and gives larger fences than before", async () => {
    const store = await storeOf();
    const key = `restarted/${name}`;
    const before = await store.claim(key, { after: 0, leaseMs: 60_000 });
    if (before.outcome !== "won") throw new Error("The claim was not won.");
    await server.restart("empty");
    const after = await store.claim(key, { after: 0, leaseMs: 60_000 });
    expect(after.outcome).toBe("won");
    expect(after.outcome === "won" && after.fence).toBeGreaterThan(before.fence);
    expect(await store.publish(before, { generation: before.fence, reveal: () => "late" })).toBe(false);
    expect(await store.read(key)).toBeUndefined();
  });

  test("rejects while Redis is gone, and a source goes on alone", async () => {
    const gone = await startRedis({ durable: false });
    const connected =
      name === "redis"
        ? createClient({ socket: { path: gone.socket, reconnectStrategy: false }, disableOfflineQueue: true })
        : new Redis({ path: gone.socket, enableOfflineQueue: false, maxRetriesPerRequest: 0 });
    connected.on("error", () => undefined);
    if ("destroy" in connected) await connected.connect();
    const store = redisStore(connected, { encryptionKey });
    await expect.poll(() => store.read("key").catch(() => "not yet")).toBeUndefined();
    await gone[Symbol.asyncDispose]();
    await expect(store.read("key")).rejects.toBeInstanceOf(Error);
    await expect(store.claim("key", { after: 0, leaseMs: 1000 })).rejects.toBeInstanceOf(Error);
    const result = await shared(fromValue(secret, "vault"), { store, key: "key" }).resolve(contextOf());
    expect(result).toMatchObject({ outcome: "found", source: "vault (without redis)" });
    if (connected instanceof Redis) connected.disconnect();
  });
});

describe("what Redis holds", () => {
  const raw = (): Redis => new Redis({ path: server.socket });
  const storeWith = (client: Redis, key: Uint8Array | "none" = encryptionKey): TokenStore =>
    redisStore(client, { encryptionKey: key });

  test("shows neither token nor refresh token, and its key is what the caller named", async () => {
    const client = raw();
    const source = exchange({
      name: "Acme login",
      material: fromValue(`${secret}-refresh`, "vault"),
      trade: () => found(secret, { next: `${secret}-next` }),
      store: storeWith(client),
      key: "acme/main",
    });
    expect(await source.resolve(contextOf())).toMatchObject({ outcome: "found" });
    const held = await client.hgetall("auth-token:acme/main");
    expect(Object.keys(held)).toContain("record");
    expect(inspect(held)).not.toContain("canary");
    expect(inspect(held)).not.toContain(Buffer.from(secret).toString("base64").slice(4, 20));
    client.disconnect();
  });

  test("cannot be read with another key, nor in another place", async () => {
    const client = raw();
    const store = storeWith(client);
    const claim = await store.claim("here", { after: 0, leaseMs: 1000 });
    if (claim.outcome !== "won") throw new Error("The claim was not won.");
    await store.publish(claim, { generation: claim.fence, reveal: () => secret });
    expect((await store.read("here"))?.reveal()).toBe(secret);
    const stranger = storeWith(client, new Uint8Array(32).fill(8));
    await expect(stranger.read("here")).rejects.toThrow("another key");
    await expect(storeWith(client, "none").read("here")).rejects.toThrow("encrypted");
    await client.copy("auth-token:here", "auth-token:there");
    await expect(store.read("there")).rejects.toThrow("for another place");
    client.disconnect();
  });

  test("that was stored without encryption is not taken for encrypted", async () => {
    const client = raw();
    const plain = storeWith(client, "none");
    const claim = await plain.claim("plain", { after: 0, leaseMs: 1000 });
    if (claim.outcome !== "won") throw new Error("The claim was not won.");
    await plain.publish(claim, { generation: claim.fence, reveal: () => secret });
    await expect(storeWith(client).read("plain")).rejects.toThrow("not encrypted");
    client.disconnect();
  });

  test("takes a CryptoKey as well as its bytes", async () => {
    const client = raw();
    const key = await crypto.subtle.importKey("raw", encryptionKey, "AES-GCM", false, ["encrypt", "decrypt"]);
    const store = redisStore(client, { encryptionKey: key });
    const claim = await store.claim("crypto", { after: 0, leaseMs: 1000 });
    if (claim.outcome !== "won") throw new Error("The claim was not won.");
    await store.publish(claim, { generation: claim.fence, reveal: () => secret });
    expect((await storeWith(client).read("crypto"))?.reveal()).toBe(secret);
    client.disconnect();
  });

  test.each([
    ["a text", "x".repeat(32)],
    ["16 bytes", new Uint8Array(16)],
    ["nothing", undefined],
  ])("is never encrypted with %s", (_, key) => {
    expect(() => redisStore(raw(), { encryptionKey: key as never })).toThrow("encryptionKey");
  });

  test("is refused without a client", () => {
    expect(() => redisStore({} as never, { encryptionKey })).toThrow("Redis client");
  });

  test("of a rotating login that Redis lost: an AuthError is what a caller sees", async () => {
    const client = raw();
    const source = exchange({
      name: "Acme login",
      material: fromValue("refresh-0", "vault"),
      trade: () => Promise.reject(Object.assign(new Error(), { error: "invalid_grant" })),
      store: storeWith(client),
      key: "lost",
    });
    const error: unknown = await Promise.resolve(source.resolve(contextOf())).catch(
      (reason: unknown) => reason,
    );
    expect(isAuthError(error, "AUTH_LOGIN_FAILED")).toBe(true);
    client.disconnect();
  });
});
