// Runs inside scripts/with-keyring.sh, with a Secret Service of its own: a test must not touch a person's keychain. CI does so.
import { describe, expect, it } from "vitest";

import { keychainEntry } from "@auth/core/node";

import { failure, here, itKeepsLogins } from "./fixtures/logins.ts";
import { canary } from "./fixtures/pylon-on-loopback.ts";
import { pylon } from "./index.ts";

describe("a login in the keychain", () => {
  itKeepsLogins(() => "keychain");

  it("that something else wrote ends the search, without a word of it", async () => {
    const entry = await keychainEntry("auth-pylon", "default");
    for (const kept of [`{ "token": "${canary}`, JSON.stringify({ token: canary })]) {
      await entry.store(kept);
      expect(await failure(pylon({ login: true, ...here() }).token())).toMatchObject({
        code: "AUTH_TOKEN_SOURCE_FAILED",
        remedy: "Log in again with login().",
      });
    }
    await entry.delete();
  });
});
