import ky, { type KyInstance, type Options } from "ky";
import { fetch as undiciFetch } from "undici";
import { describe, expect, it } from "vitest";

import { canary, fakePylon } from "./fixtures/pylon-on-loopback.ts";
import { pylon, pylonRetry } from "./index.ts";
import type { FakePylon } from "./testing/index.ts";

function apiOf(fake: FakePylon, options: Options = {}): KyInstance {
  const auth = pylon({ baseUrl: fake.url, token: canary });
  return ky.create({
    baseUrl: auth.baseUrl,
    fetch: auth.fetch,
    ...options,
    hooks: { init: [pylonRetry] },
  });
}

const soon = { "x-retry-after": "0" };

describe("pylonRetry", () => {
  it.each([
    ["X-Retry-After", { "x-retry-after": "0", "retry-after": "50" }],
    ["Retry-After where there is no other", { "retry-after": "0" }],
  ])("waits by %s", async (_, headers) => {
    const fake = await fakePylon();
    fake.script("GET /issues", { status: 429, headers, times: 2 });
    expect((await apiOf(fake).get("issues")).status).toBe(200);
    expect(fake.requests).toHaveLength(3);
  });

  it.each([
    ["a 429 that names no wait", { status: 429 }],
    ["a gateway's page", { status: 502, body: "<h1>Bad gateway</h1>" }],
    ["a dropped connection", { drop: true }],
  ])("waits by a pause of its own after %s", async (_, answer) => {
    const fake = await fakePylon();
    fake.script("GET /issues", answer);
    const attempts: number[] = [];
    const retry = { delay: (attempt: number) => (attempts.push(attempt), 0) };
    expect((await apiOf(fake, { retry }).get("issues")).status).toBe(200);
    expect(attempts).toEqual([1]);
  });

  it("waits by the header of another platform's answer too", async () => {
    const fake = await fakePylon();
    fake.script("GET /issues", { status: 429, headers: { "x-retry-after": "0", "retry-after": "50" } });
    const headers = { authorization: `Bearer ${canary}` };
    const fetch = (async ({ url }: Request) =>
      undiciFetch(url, { headers })) as unknown as typeof globalThis.fetch;
    const retry = { delay: () => 50_000 };
    const response = await ky.get(`${fake.url}/issues`, { fetch, retry, hooks: { init: [pylonRetry] } });
    expect([response.status, fake.requests.length]).toEqual([200, 2]);
  });

  it("takes the wait of its own answer where requests run side by side", async () => {
    const fake = await fakePylon();
    const scripted = { status: 429, headers: { "x-retry-after": "0" } };
    fake.script("GET /issues", scripted);
    fake.script("GET /accounts", { status: 429, headers: { "x-retry-after": "59" } });
    const api = apiOf(fake);
    const end = new AbortController();
    const accounts = api.get("accounts", { signal: end.signal }).catch(() => "ended");
    expect((await api.get("issues")).status).toBe(200);
    end.abort();
    expect(await accounts).toBe("ended");
    expect(fake.requests.filter(({ path }) => path === "/accounts")).toHaveLength(1);
  });

  it("repeats no POST, and none that is asked to wait for more than a minute, and no refusal", async () => {
    const fake = await fakePylon();
    fake.script("POST /issues/search", { status: 429, headers: soon });
    fake.script("GET /issues", { status: 429, headers: { "x-retry-after": "61" } });
    fake.script("GET /me", { status: 403, headers: soon });
    const api = apiOf(fake);
    await expect(api.post("issues/search", { json: {} })).rejects.toThrow("429");
    await expect(api.get("issues")).rejects.toThrow("429");
    await expect(api.get("me")).rejects.toThrow("403");
    expect(fake.requests).toHaveLength(3);
  });

  it.each([
    ["GET", 3],
    ["HEAD", 3],
    ["OPTIONS", 3],
    ["PUT", 3],
    ["DELETE", 3],
    ["POST", 1],
    ["PATCH", 1],
  ])(
    "sends a %s that is asked to wait, or whose connection broke, %i times in all",
    async (method, times) => {
      for (const answer of [
        () => Promise.resolve(new Response(null, { status: 429, headers: soon })),
        () => Promise.reject(new TypeError("fetch failed")),
      ]) {
        let sent = 0;
        const options = {
          method,
          fetch: () => (sent++, answer()),
          retry: { delay: () => 0 },
          hooks: { init: [pylonRetry] },
        };
        await expect(ky("https://api.usepylon.com/any", options)).rejects.toThrow(/429|network/);
        expect(sent).toBe(times);
      }
    },
  );

  it("waits longer each time where no header says how long, and never the same for two clients", () => {
    const pauses = Array.from({ length: 50 }, () => {
      const options: { retry?: unknown } = {};
      pylonRetry(options);
      const { delay } = options.retry as { delay: (attempt: number) => number };
      return [delay(1), delay(2), delay(3)] as const;
    });
    for (const [first, second, third] of pauses) {
      expect([
        first >= 150 && first <= 300,
        second >= 300 && second <= 600,
        third >= 600 && third <= 1_200,
      ]).toEqual([true, true, true]);
    }
    expect(new Set(pauses.map(([first]) => first)).size).toBeGreaterThan(1);
  });

  it("lets ky's own options decide how often and for which methods", async () => {
    const fake = await fakePylon();
    fake.script("GET /issues", { status: 429, headers: soon, times: 5 });
    await expect(apiOf(fake, { retry: 0 }).get("issues")).rejects.toThrow("429");
    await expect(apiOf(fake, { retry: { limit: 1 } }).get("issues")).rejects.toThrow("429");
    expect(fake.requests).toHaveLength(3);
    fake.script("POST /issues/search", { status: 429, headers: soon });
    const search = apiOf(fake).post("issues/search", { json: {}, retry: { methods: ["post"] } });
    expect((await search).status).toBe(200);
  });
});
