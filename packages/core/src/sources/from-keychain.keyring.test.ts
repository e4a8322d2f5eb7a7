// Runs inside scripts/with-keyring.sh, with a Secret Service of its own: a test must not touch a person's keychain. CI does so.
import { inspect } from "node:util";

import { afterEach, expect, it } from "vitest";

import { acmeAt, canary } from "../fixtures/acme.ts";
import { contextOf } from "../fixtures/context.ts";
import { fromKeychain } from "./from-keychain.ts";
import { keychainEntry } from "./keychain.ts";

const service = "auth-providers-test";

afterEach(async () => {
  await (await keychainEntry(service, "ada")).delete();
});

it("reads what was stored, each time it is asked", async () => {
  const entry = await keychainEntry(service, "ada");
  const source = fromKeychain(service, "ada");
  expect(await source.resolve(contextOf())).toEqual({
    outcome: "unavailable",
    reason: `the keychain holds nothing for ${service}, ada`,
  });
  await entry.store(canary);
  const auth = acmeAt("https://api.acme.example", { sources: [source] })({ env: {} });
  const token = await auth.token();
  expect([token.source, token.reveal()]).toEqual([`keychain ${service}, ada`, canary]);
  await entry.store("next");
  expect((await auth.token({ refresh: true })).reveal()).toBe("next");
});

it("keeps accounts apart, and says whether there was something to delete", async () => {
  const entry = await keychainEntry(service, "ada");
  await entry.store(canary);
  expect(await (await keychainEntry(service, "bob")).read()).toBeUndefined();
  expect([await entry.delete(), await entry.delete(), await entry.read()]).toEqual([true, false, undefined]);
});

it("shows no secret when it is printed", async () => {
  const entry = await keychainEntry(service, "ada");
  await entry.store(canary);
  expect(inspect([entry, fromKeychain(service, "ada")], { depth: 9, showHidden: true })).not.toContain(
    canary,
  );
});
