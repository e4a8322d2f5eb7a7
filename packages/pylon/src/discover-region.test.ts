import { inspect } from "node:util";

import { expect, it } from "vitest";

import { canary, fakePylon, fetchFrom } from "./fixtures/pylon-on-loopback.ts";
import { discoverRegion, isAuthError } from "./index.ts";
import type { FakePylon, FakePylonOptions } from "./testing/index.ts";

const env = { PYLON_API_TOKEN: canary, PYLON_REGION: "eu" };
const asked = (fake: FakePylon) => fake.requests.map(({ region }) => region);

it.each<[string, boolean, FakePylonOptions["tokens"] & {}, readonly string[], string]>([
  ["us, without a word to eu", true, { [canary]: {} }, ["us"], "us"],
  ["eu, after us refused it", true, { [canary]: { region: "eu" } }, ["us", "eu"], "eu"],
  ["eu, as before September 2026", false, { [canary]: { region: "eu" } }, ["us", "eu"], "eu"],
  [
    "the one that knows it and does not allow it /me",
    true,
    { [canary]: { denied: ["GET /me"] } },
    ["us"],
    "us",
  ],
])("finds %s", async (_, code, tokens, regions, region) => {
  const fake = await fakePylon({ code, tokens });
  expect(await discoverRegion({ env, fetch: fetchFrom(fake) })).toBe(region);
  expect(asked(fake)).toEqual(regions);
});

it("asks other addresses where it is given them", async () => {
  const fake = await fakePylon({ tokens: { [canary]: { region: "eu" } } });
  expect(await discoverRegion({ token: canary, baseUrls: { us: fake.url, eu: fake.euUrl } })).toBe("eu");
});

it("says that both refused the token, with the page of each, and without the token", async () => {
  const fake = await fakePylon({ tokens: {} });
  const error: unknown = await discoverRegion({ env, fetch: fetchFrom(fake) }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({
    code: "AUTH_TOKEN_REJECTED",
    message: expect.stringContaining("env PYLON_API_TOKEN"),
    remedy: expect.stringMatching(/app\.usepylon\.com.*app\.eu\.usepylon\.com/),
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)).not.toContain(canary);
});

it.each([
  ["us", 429, "AUTH_RATE_LIMITED", ["us"]],
  ["us", 404, "AUTH_RESPONSE_MALFORMED", ["us"]],
  ["eu", 500, "AUTH_UNREACHABLE", ["us", "eu"]],
] as const)("guesses nothing where %s answers %i", async (region, status, code, regions) => {
  const fake = await fakePylon({ tokens: {} });
  fake.script("GET /me", { status, region, times: 9 });
  const found = discoverRegion({ env, fetch: fetchFrom(fake), timeoutMs: 250 });
  await expect(found).rejects.toMatchObject({ code });
  expect(asked(fake)).toEqual(regions);
});

it("asks nobody where there is no token", async () => {
  const fake = await fakePylon();
  const error: unknown = await discoverRegion({ env: {}, fetch: fetchFrom(fake) }).catch(
    (reason: unknown) => reason,
  );
  expect(isAuthError(error, "AUTH_TOKEN_NOT_FOUND")).toBe(true);
  expect(fake.requests).toEqual([]);
});

it("takes no gateway's 403 for a word of Pylon's", async () => {
  const fake = await fakePylon({ tokens: { [canary]: { region: "eu" } } });
  fake.script("GET /me", { status: 403, body: "<h1>Blocked</h1>" });
  const found = discoverRegion({ env, fetch: fetchFrom(fake) });
  await expect(found).rejects.toMatchObject({ code: "AUTH_UNREACHABLE" });
});
