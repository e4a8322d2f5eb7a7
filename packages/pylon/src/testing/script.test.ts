import { send } from "@auth/testing/loopback";
import { describe, expect, it } from "vitest";

import { canary, fakePylon } from "../fixtures/pylon-on-loopback.ts";

const authorization = `Bearer ${canary}`;

describe("a script", () => {
  it("takes the place of the ordinary answer as often as it says, in order, for one operation and region", async () => {
    const fake = await fakePylon();
    fake.script("GET /me", { status: 503, times: 2 }, { status: 403, region: "eu" });
    const statuses = [];
    for (const url of [fake.url, fake.url, fake.url, fake.euUrl])
      statuses.push((await send(`${url}/me`, { authorization })).status);
    expect(statuses).toEqual([503, 503, 200, 403]);
    expect((await send(`${fake.url}/accounts`, { authorization })).status).toBe(200);
  });

  it("sends Pylon's own error for a status, with further headers", async () => {
    const fake = await fakePylon();
    fake.script("GET /me", { status: 429, headers: { "retry-after": "3" } }, { status: 401 });
    const limited = await send(`${fake.url}/me`);
    expect(JSON.parse(limited.body)).toMatchObject({
      code: "rate_limited",
      request_id: limited.headers["x-pylon-request-id"],
    });
    expect(limited.headers).toMatchObject({ "retry-after": "3", "content-type": "application/json" });
    expect(JSON.parse((await send(`${fake.url}/me`)).body)).toMatchObject({ code: "invalid_api_token" });
  });

  it("sends a gateway's page, without anything of Pylon's", async () => {
    const fake = await fakePylon();
    fake.script("GET /me", { status: 502, body: "<h1>Bad gateway</h1>" });
    const { status, headers, body } = await send(`${fake.url}/me`);
    expect([status, headers["content-type"], body]).toEqual([502, "text/html", "<h1>Bad gateway</h1>"]);
    expect(Object.keys(headers)).not.toContain("x-pylon-request-id");
  });

  it("redirects, drops the connection, cuts the body short, and delays the ordinary answer", async () => {
    const fake = await fakePylon();
    const location = "https://elsewhere.example/me";
    fake.script(
      "GET /me",
      { status: 302, headers: { location } },
      { drop: true },
      { truncateAt: 9 },
      { delayMs: 20 },
    );
    expect(await send(`${fake.url}/me`)).toMatchObject({ status: 302, headers: { location } });
    await expect(send(`${fake.url}/me`)).rejects.toMatchObject({ code: "ECONNRESET" });
    await expect(send(`${fake.url}/me`, { authorization })).rejects.toMatchObject({ code: "ECONNRESET" });
    const startedAt = performance.now();
    expect((await send(`${fake.url}/me`, { authorization })).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThan(15);
  });

  it("refuses an operation that the fake does not have", async () => {
    const fake = await fakePylon();
    // @ts-expect-error: what a program in JavaScript may pass
    expect(() => fake.script("GET /nowhere", { status: 500 })).toThrow(/GET \/nowhere/);
  });
});
