import { channel } from "node:diagnostics_channel";

import { expect, it } from "vitest";

import type { AuthEvent } from "./events.ts";
import { acmeAt, canary, serve } from "./fixtures/acme.ts";

it("tells what happened, in order, to onEvent", async () => {
  const server = await serve(({ path, headers }) => {
    if (headers.authorization === "Bearer old") return { status: 401 };
    return path === "/me" ? { body: { id: "user-1" } } : {};
  });
  const foreign = await serve();
  const heard: AuthEvent[] = [];
  let asked = 0;
  const auth = acmeAt(server.url)({
    token: () => (asked++ === 0 ? "old" : canary),
    now: () => 5,
    onEvent: (event) => heard.push(event),
  });
  await auth.fetch("/x");
  await auth.fetch(`${foreign.url}/x?secret`);
  await auth.fetch("/x", { headers: { authorization: "mine" } });
  await auth.verify();

  const every = { provider: "acme", at: 5 };
  const source = "option token";
  const attached = { type: "header.attached", ...every, origin: server.url, source };
  const loading = [
    { type: "source.tried", ...every, source, outcome: "used", durationMs: 0 },
    { type: "token.loaded", ...every, source, durationMs: 0 },
  ];
  expect(heard).toEqual([
    ...loading,
    attached,
    { type: "token.rejected", ...every, source },
    ...loading,
    attached,
    { type: "header.withheld", ...every, origin: foreign.url, reason: "foreign origin" },
    { type: "header.withheld", ...every, origin: server.url, reason: "set by the caller" },
    { type: "verify.done", ...every, outcome: "verified", durationMs: 0 },
  ]);
  expect(JSON.stringify(heard)).not.toContain(canary);
});

it("publishes the same on the diagnostics channels", async () => {
  const server = await serve(() => ({ status: 403, headers: { "x-request-id": "r-1" } }));
  const heard: unknown[] = [];
  const listen = (event: unknown): number => heard.push(event);
  const done = channel("auth-providers:verify.done");
  done.subscribe(listen);
  try {
    const auth = acmeAt(server.url, { requestIdHeader: "x-request-id" })({ token: canary, now: () => 5 });
    await auth.verify().catch(() => undefined);
  } finally {
    done.unsubscribe(listen);
  }
  expect(heard).toEqual([
    {
      type: "verify.done",
      provider: "acme",
      at: 5,
      outcome: "AUTH_PERMISSION_DENIED",
      durationMs: 0,
      status: 403,
      requestId: "r-1",
    },
  ]);
});

it("is not disturbed by a listener that fails", async () => {
  const server = await serve();
  const acme = acmeAt(server.url);
  const throwing = acme({
    token: canary,
    onEvent: () => {
      throw new Error("the log is full");
    },
  });
  expect((await throwing.fetch("/x")).status).toBe(200);
  const rejecting = acme({
    token: canary,
    onEvent: () => Promise.reject(new Error("the log is full")) as never,
  });
  expect((await rejecting.fetch("/x")).status).toBe(200);
});
