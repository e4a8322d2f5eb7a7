import { execFileSync } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { inspect } from "node:util";

import { afterEach, describe, expect, it } from "vitest";

import { acmeAt, canary } from "../fixtures/acme.ts";
import { contextOf } from "../fixtures/context.ts";
import { fromKeychain } from "./from-keychain.ts";
import { keychainEntry } from "./keychain.ts";

const service = "auth-providers-test";

// scripts/with-keyring.sh sets it, around a keyring of its own: the tests must not touch a person's. CI runs them there.
const hasKeyring = process.env["AUTH_TEST_KEYCHAIN"] === "1";
if (hasKeyring) describe("with a Secret Service", withSecretService);

function withSecretService(): void {
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
    expect([await entry.delete(), await entry.delete(), await entry.read()]).toEqual([
      true,
      false,
      undefined,
    ]);
  });

  it("shows no secret when it is printed", async () => {
    const entry = await keychainEntry(service, "ada");
    await entry.store(canary);
    expect(inspect([entry, fromKeychain(service, "ada")], { depth: 9, showHidden: true })).not.toContain(
      canary,
    );
  });
}

// In a process of its own: the native package keeps its first connection.
it.runIf(process.platform === "linux")(
  "ends the search where there is no keychain, and keeps nothing anywhere else",
  () => {
    const program = `
    import { fromKeychain, keychainEntry } from "./packages/core/src/node.ts";
    const context = { signal: new AbortController().signal };
    const entry = keychainEntry("${service}", "ada");
    const tries = [fromKeychain("${service}", "ada").resolve(context), entry.then((it) => it.store("${canary}"))];
    console.log((await Promise.allSettled(tries)).map(({ reason }) => reason.name + ": " + reason.remedy).join("\\n"));
  `;
    const printed = execFileSync(
      process.execPath,
      ["--conditions=@auth/source", "--no-warnings", "--input-type=module-typescript", "--eval", program],
      {
        cwd: path.join(import.meta.dirname, "../../../.."),
        env: { PATH: process.env["PATH"], DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent/bus" },
        encoding: "utf8",
      },
    );
    expect(printed.trim().split("\n")).toEqual(
      Array(2).fill(expect.stringMatching(/^Broken: .*Secret Service/)),
    );
  },
);
