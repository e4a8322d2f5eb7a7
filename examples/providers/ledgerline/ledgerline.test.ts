import type { LoopbackServer } from "@auth/testing";
import { afterEach, beforeEach, expect, it } from "vitest";

import { ledgerline } from "./ledgerline.ts";
import { startFakeLedgerline } from "./testing/fake-ledgerline.ts";

const canary = "canary-ledgerline-2e7c90b1d5fa4836";
const env = { LEDGERLINE_ACCOUNT: "acme", LEDGERLINE_USER: "ada@example.com", LEDGERLINE_PASSWORD: canary };

let fake: LoopbackServer;
beforeEach(async () => {
  fake = await startFakeLedgerline(env.LEDGERLINE_USER, canary);
});
afterEach(() => fake.close());

it("sends user and password to the account's own address, below its path", async () => {
  expect(ledgerline({ env }).origins).toEqual(["https://acme.ledgerline.example"]);
  const auth = ledgerline({ env, baseUrl: `${fake.url}/api/v2/` });
  expect(await (await auth.fetch("invoices")).json()).toEqual({ invoices: [{ number: "2026-001" }] });
  expect((await auth.verify()).identity).toMatchObject({ id: "7", label: "Ada" });
});

it("takes another user by an option, whose password is then another one", async () => {
  const auth = ledgerline({ env, user: "grace@example.com", baseUrl: `${fake.url}/api/v2/` });
  await expect(auth.verify()).rejects.toMatchObject({
    code: "AUTH_TOKEN_REJECTED",
    message: expect.stringContaining("does not know this user or password"),
    remedy: expect.stringContaining("https://acme.ledgerline.example/profile/passwords"),
  });
});

it.each([
  [{ LEDGERLINE_USER: "" }, {}, "Set LEDGERLINE_USER, or pass the option user."],
  [{ LEDGERLINE_ACCOUNT: undefined }, {}, "Set LEDGERLINE_ACCOUNT, or pass the option account."],
  [{}, { account: "evil.example/" }, "Give it as in the address bar."],
  [{}, { user: "ada:lovelace" }, "Correct the option."],
])("says what is missing or wrong, and sends nothing: %j %j", async (variables, options, remedy) => {
  const auth = ledgerline({
    env: { ...env, ...variables },
    ...options,
    fetch: () => Promise.reject(new Error()),
  });
  await expect(auth.fetch("invoices")).rejects.toMatchObject({ code: "AUTH_PROVIDER_INVALID", remedy });
});
