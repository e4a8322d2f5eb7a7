import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { fakeZendesk } from "./fixtures/zendesk-on-loopback.ts";
import { zendesk } from "./index.ts";
import { exchange, fileStore, found, fromValue, type TokenSource } from "./sources.ts";

it("a refresh token that Zendesk replaces each time is traded once by all, and the next one is kept", async () => {
  let at = Date.parse("2026-11-28T12:00:00Z");
  const fake = await fakeZendesk({
    tokens: { "first-access-token": { refreshToken: "first-refresh-token" } },
    clients: { "acme-cli": { expiresIn: 300 } },
    now: () => at,
  });
  const folder = await mkdtemp(path.join(tmpdir(), "zendesk-refresh-"));
  onTestFinished(() => rm(folder, { recursive: true }));

  /** What each process of a fleet has. */
  const source = (): TokenSource =>
    exchange({
      name: "Acme's login",
      material: fromValue("first-refresh-token", "option refreshToken"),
      store: fileStore(path.join(folder, "login")),
      async trade(refresh, { call, now }) {
        const { body } = await call({
          url: `${fake.url}/oauth/tokens`,
          body: { grant_type: "refresh_token", client_id: "acme-cli", refresh_token: refresh.reveal() },
        });
        const given = body as { access_token: string; refresh_token: string; expires_in: number };
        const expiresAt = now() + given.expires_in * 1000;
        return found(given.access_token, { expiresAt, next: given.refresh_token });
      },
    });
  const auths = [1, 2, 3].map(() => zendesk({ baseUrl: fake.url, env: {}, token: source(), now: () => at }));
  const all = async (): Promise<number[]> =>
    Promise.all(auths.map(async (auth) => (await auth.fetch("/api/v2/tickets")).status));

  expect(await all()).toEqual([200, 200, 200]);
  // The next generation is made of what took the first one's place.
  at += 300_000;
  expect(await all()).toEqual([200, 200, 200]);
  const trades = fake.requests.filter(({ path: asked }) => asked === "/oauth/tokens");
  expect(trades).toHaveLength(2);
});
