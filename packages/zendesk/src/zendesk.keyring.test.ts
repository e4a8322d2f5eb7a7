// Runs inside scripts/with-keyring.sh, with a Secret Service of its own. What ZCLI keeps is put there by the library that reads it:
// ZCLI's own library writes it in another way on Linux, and in the same way on macOS.
import { keychainEntry } from "@auth/core/node";
import { afterEach, expect, it } from "vitest";

import { canary, fakeZendesk, fetchFrom } from "./fixtures/zendesk-on-loopback.ts";
import { zendesk } from "./index.ts";

const entry = await keychainEntry("zcli", "acme");
afterEach(() => entry.delete());

const env = { ZENDESK_SUBDOMAIN: "acme" };
const keep = (expiresAt: number): Promise<void> =>
  entry.store(JSON.stringify({ accessToken: canary, refreshToken: "refresh-1", expiresAt }));

it("ZCLI's login is used while it lives, for its own account, and only where it is asked for", async () => {
  await keep(Date.now() + 600_000);
  const fake = await fakeZendesk();
  const { token } = await zendesk({ zcli: true, env, fetch: fetchFrom(fake) }).verify();
  expect(token.source).toBe("zcli login of acme");
  await expect(zendesk({ env }).token()).rejects.toMatchObject({ code: "AUTH_TOKEN_NOT_FOUND" });
  const other = zendesk({ zcli: true, env: { ZENDESK_SUBDOMAIN: "umbra" } });
  await expect(other.token()).rejects.toMatchObject({ code: "AUTH_TOKEN_NOT_FOUND" });
});

it("ZCLI's login is never renewed", async () => {
  await keep(Date.now() - 1);
  const fake = await fakeZendesk();
  await expect(zendesk({ zcli: true, env, fetch: fetchFrom(fake) }).verify()).rejects.toMatchObject({
    code: "AUTH_TOKEN_SOURCE_FAILED",
    remedy: expect.stringMatching(/^Run zcli login/),
  });
  expect(fake.requests).toEqual([]);
});
