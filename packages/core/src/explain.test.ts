import { expect, it } from "vitest";

import { acmeAt, canary, serve } from "./fixtures/acme.ts";
import { AuthError, defineProvider, found, fromEnv, fromFunction } from "./index.ts";

const base = "https://api.acme.example";

it("tells which source was used, and what each other one said", async () => {
  const told = await acmeAt(base, { sources: [fromEnv("A", "B", "C")], warnings: ["odd, and still works"] })({
    env: { B: canary },
    now: () => 5,
  }).explain();
  expect(told).toEqual({
    provider: "acme",
    baseUrl: base,
    origins: [base],
    outcome: "found",
    attempts: [
      {
        source: "env A",
        outcome: "unavailable",
        reason: "A is not set",
        remedy: "Set A to a token.",
        durationMs: 0,
      },
      { source: "env B", outcome: "used", durationMs: 0 },
      { source: "env C", outcome: "not tried", durationMs: 0 },
    ],
    warnings: ["odd, and still works"],
  });
  expect(JSON.parse(JSON.stringify(told))).toEqual(told);
});

it("tells what a setup that failed says of its sources", async () => {
  const failed = { source: "file /etc/acme", outcome: "failed", durationMs: 0 } as const;
  const acme = defineProvider({
    specVersion: 1,
    id: "acme",
    name: "Acme",
    setup: () => {
      throw new AuthError("AUTH_TOKEN_SOURCE_FAILED", {
        provider: "acme",
        message: "The file /etc/acme is not JSON.",
        remedy: "Repair /etc/acme.",
        attempts: [failed],
      });
    },
  });
  expect(await acme().explain()).toMatchObject({
    outcome: "failed",
    attempts: [failed],
    error: { code: "AUTH_TOKEN_SOURCE_FAILED" },
  });
});

it("asks for warnings that are a function, and nobody else does", async () => {
  let asked = 0;
  const auth = acmeAt(base, { warnings: () => [`look ${(asked += 1)}`] })({ token: canary });
  await auth.headers("/me");
  expect(asked).toBe(0);
  expect((await auth.explain()).warnings).toEqual(["look 1"]);
  expect((await auth.explain()).warnings).toEqual(["look 2"]);
});

it("asks the service too, where that is wanted", async () => {
  const server = await serve(() => ({ body: { id: "user-1" } }));
  const auth = acmeAt(server.url)({ token: canary });
  expect((await auth.explain()).outcome).toBe("found");
  expect(server.requests).toHaveLength(0);
  expect(await auth.explain({ verify: true })).toMatchObject({
    outcome: "verified",
    identity: { kind: "user", id: "user-1" },
  });
});

it("tells why there is no token, or why it is no good, and never throws", async () => {
  const server = await serve(() => ({ status: 401, body: canary }));
  const acme = acmeAt(server.url);
  expect(await acme({ env: {} }).explain()).toMatchObject({
    outcome: "failed",
    attempts: [{ source: "env ACME_TOKEN", outcome: "unavailable" }],
    error: { code: "AUTH_TOKEN_NOT_FOUND", remedy: expect.stringContaining("Set ACME_TOKEN") },
  });
  const broken = fromFunction("vault", () => Promise.reject(new Error("sealed")));
  expect(await acme({ token: broken }).explain()).toMatchObject({
    outcome: "failed",
    attempts: [
      { source: "vault", outcome: "failed", reason: "vault failed: sealed." },
      { outcome: "not tried" },
    ],
    error: { code: "AUTH_TOKEN_SOURCE_FAILED" },
  });
  const refused = await acme({ token: canary }).explain({ verify: true });
  expect(refused).toMatchObject({
    outcome: "failed",
    attempts: [{ source: "option token", outcome: "used" }, { outcome: "not tried" }],
    error: { code: "AUTH_TOKEN_REJECTED", status: 401 },
  });
  expect(JSON.stringify(refused)).not.toContain(canary);
  expect(await acmeAt("http://acme.example")().explain()).toMatchObject({
    outcome: "failed",
    origins: [],
    error: { code: "AUTH_PROVIDER_INVALID" },
  });
});

it("warns of another token behind the used one, and leaves sources alone that are not immediate", async () => {
  const slow = fromFunction("vault", () => expect.unreachable("the vault was opened"));
  const told = await acmeAt(base, { sources: [fromEnv("A", "B", "C", "D"), slow] })({
    env: { A: canary, B: canary, C: `${canary}x`, D: "" },
  }).explain();
  expect(told.warnings).toEqual(["env C holds another token, which is not used: env A comes first."]);
});

it("has nothing to say of a path in the option baseUrl, to which every path is joined", async () => {
  const auth = acmeAt(base)({ token: canary, baseUrl: "https://gateway.example/acme/" });
  expect((await auth.explain()).warnings).toEqual([]);
});

it("warns of what a source finds odd about the token that is used", async () => {
  const odd = {
    name: "drawer",
    resolve: () => found(canary, { warning: "It lies open. Close the drawer." }),
  };
  expect(await acmeAt(base)({ token: odd }).explain()).toMatchObject({
    attempts: [{ source: "drawer", outcome: "used", reason: "It lies open. Close the drawer." }, {}],
    warnings: ["It lies open. Close the drawer."],
  });
});

it("warns that a token is still served whose renewal has failed", async () => {
  let clock = 0;
  let asked = 0;
  const auth = acmeAt(base)({
    now: () => clock,
    token: () => {
      if (asked++ > 0) throw new Error("the vault is sealed");
      return found(canary, { expiresAt: 1_000_000 });
    },
  });
  await auth.token();
  clock = 999_000;
  await auth.token();
  await new Promise((resolve) => setImmediate(resolve));
  expect(await auth.explain()).toMatchObject({
    outcome: "found",
    attempts: [{ source: "option token", outcome: "used" }, { outcome: "not tried" }],
    warnings: [
      "The token is good until 1970-01-01T00:16:40.000Z, and renewing it failed: acme: option token failed: " +
        "the vault is sealed. Mend option token, or remove it.",
    ],
  });
});
