// One process of the fleet: sends requests, one after the other, until it is ended.
import { defineProvider, exchange, found, fromFunction, type TokenSource, type TokenStore } from "@auth/core";
import { fileStore } from "@auth/core/node";
import { redisStore } from "@auth/core/redis";

import { handWrittenLocks } from "./hand-written-locks.ts";

/** What a worker is told on its command line, as JSON. */
export interface Order {
  readonly name: string;
  readonly url: string;
  readonly leaseMs: number;
  readonly file?: string | undefined;
  readonly redis?: string | undefined;
  readonly client: "redis" | "ioredis";
  /** A lock of `hand-written-locks.ts` instead of the store. */
  readonly lock?: string | undefined;
  /** Between two requests, about. Milliseconds. */
  readonly pauseMs: number;
  /** Whether its clock is set now and then. */
  readonly clockIsSet: boolean;
}

/** What a worker tells. */
export type Report =
  | { readonly type: "event"; readonly event: string; readonly at: number }
  | {
      readonly type: "request";
      readonly startedAt: number;
      readonly endedAt: number;
      readonly problem?: string;
    };

const order = JSON.parse(process.argv[2] ?? "{}") as Order;
const realNow = Date.now;
const report = (message: Report): void => void process.send?.(message);

if (order.clockIsSet) {
  let skew = 0;
  Date.now = () => realNow() + skew;
  setInterval(() => (skew = (Math.random() - 0.5) * 7_200_000), 700).unref();
}

async function storeOf(): Promise<TokenStore> {
  if (order.file !== undefined) return fileStore(order.file);
  const encryptionKey = new Uint8Array(32).fill(7);
  if (order.client === "ioredis") {
    const { Redis } = (await import("ioredis")).default;
    const client = new Redis({ path: order.redis ?? "" });
    client.on("error", () => undefined);
    return redisStore(client, { encryptionKey });
  }
  const { createClient } = (await import("redis")).default;
  const client = createClient({ socket: { path: order.redis ?? "", tls: false } });
  client.on("error", () => undefined);
  await client.connect();
  return redisStore(client, { encryptionKey });
}

async function login(): Promise<string> {
  const response = await fetch(`${order.url}/login`);
  return ((await response.json()) as { refreshToken: string }).refreshToken;
}

async function refresh(
  refreshToken: string,
): Promise<{ token: string; refreshToken: string; lifeMs: number }> {
  const response = await fetch(`${order.url}/token`, {
    method: "POST",
    headers: { "x-worker": order.name },
    body: new URLSearchParams({ refresh_token: refreshToken }),
  });
  if (!response.ok) throw Object.assign(new Error("refused"), await response.json());
  const body = (await response.json()) as { access_token: string; refresh_token: string; expires_in: number };
  return { token: body.access_token, refreshToken: body.refresh_token, lifeMs: body.expires_in * 1000 };
}

function byLock(name: string): TokenSource {
  let last: string | undefined;
  return fromFunction(name, async ({ reason }) => {
    const { file = "", leaseMs } = order;
    const result = await handWrittenLocks[name]?.({ file, leaseMs, login, refresh, reason, last });
    if (result?.outcome === "found") last = result.reveal();
    return result;
  });
}

const token =
  order.lock === undefined
    ? exchange({
        name: "Acme login",
        material: fromFunction("login", login),
        async trade(material, { call, now }) {
          const { body } = await call({
            url: `${order.url}/token`,
            headers: { "x-worker": order.name },
            body: new URLSearchParams({ refresh_token: material.reveal() }),
          });
          const granted = body as { access_token: string; refresh_token: string; expires_in: number };
          return found(granted.access_token, {
            expiresAt: now() + granted.expires_in * 1000,
            next: granted.refresh_token,
          });
        },
        store: await storeOf(),
        key: "acme/main",
        leaseMs: order.leaseMs,
      })
    : byLock(order.lock);

const acme = defineProvider({
  specVersion: 1,
  id: "acme",
  name: "Acme",
  setup: () => ({
    baseUrl: order.url,
    sources: [],
    verify: { path: "/me", identify: () => ({ kind: "user", id: "me" }) },
  }),
});
let failure: { readonly at: number; readonly reason: string | undefined } | undefined;
const auth = acme({
  token,
  onEvent(event) {
    const { type } = event;
    if (type.startsWith("store.")) report({ type: "event", event: type, at: realNow() });
    if (type === "source.tried")
      failure = event.outcome === "failed" ? { at: realNow(), reason: event.reason } : undefined;
  },
});

process.on("disconnect", () => process.exit());
for (;;) {
  const startedAt = realNow();
  let problem: string | undefined;
  try {
    const { status } = await auth.fetch("/work", { signal: AbortSignal.timeout(60_000) });
    // Whoever failed before asks again after a pause, and until then answers with what it has.
    const before = failure === undefined ? "" : `, ${realNow() - failure.at} ms after "${failure.reason}"`;
    if (status !== 200) problem = `status ${status}${before}`;
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const endedAt = realNow();
  report({ type: "request", startedAt, endedAt, ...(problem !== undefined && { problem }) });
  await new Promise((resolve) => setTimeout(resolve, order.pauseMs * (0.5 + Math.random())));
}
