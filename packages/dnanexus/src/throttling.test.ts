import { describe, expect, it } from "vitest";

import { canary, createSandbox, fakeDNAnexus } from "./fixtures/sandbox.ts";
import { dnanexus, jobIdentityToken } from "./index.ts";
import { logoutOn } from "./account/logout.ts";

describe("a DNAnexus that throttles", () => {
  it("is asked again as often as it says so, beside what fails by itself", async () => {
    const fake = await fakeDNAnexus();
    const throttled = { type: "ServiceUnavailable", retryAfter: 0 };
    fake.script(
      "/system/whoami",
      { ...throttled, times: 3 },
      { type: "RateLimitConditional", retryAfter: 0, times: 3 },
    );
    const { identity } = await dnanexus({ env: fake.environment(canary) }).verify();
    expect(identity.id).toBe("user-alice");
    expect(fake.requests).toHaveLength(7);
  });

  it.each([
    ["ServiceUnavailable", "AUTH_UNREACHABLE"],
    ["RateLimitConditional", "AUTH_RATE_LIMITED"],
  ])("is given up in the end: %s", async (type, code) => {
    const fake = await fakeDNAnexus();
    fake.script("/system/whoami", { type, retryAfter: 0, times: 100 });
    await expect(dnanexus({ env: fake.environment(canary) }).verify()).rejects.toMatchObject({
      code,
      retryAfterMs: 0,
    });
    expect(fake.requests).toHaveLength(7);
  });

  it("is not waited for beyond the time limit, which tells the wait instead", async () => {
    const fake = await fakeDNAnexus();
    fake.script("/system/whoami", { type: "ServiceUnavailable", retryAfter: 30 });
    const startedAt = performance.now();
    await expect(
      dnanexus({ env: fake.environment(canary), timeoutMs: 30_000 }).verify(),
    ).rejects.toMatchObject({ code: "AUTH_UNREACHABLE", retryAfterMs: 30_000 });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(fake.requests).toHaveLength(1);
  });

  it("takes no HTTP date for a wait, as the toolkit does not", async () => {
    const fake = await fakeDNAnexus();
    const retryAfter = "Sun, 22 Nov 2099 12:00:30 GMT";
    fake.script("/system/whoami", { type: "RateLimitConditional", retryAfter });
    const failed = dnanexus({ env: fake.environment(canary), timeoutMs: 900 }).verify();
    const error: unknown = await failed.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "AUTH_RATE_LIMITED" });
    expect(Object.hasOwn(error as object, "retryAfterMs")).toBe(false);
  });

  it("is left at once when the signal is aborted in a pause", async () => {
    const fake = await fakeDNAnexus();
    const env = fake.jobEnvironment({ launchedWith: canary });
    const path = `/${env["DX_JOB_ID"]}/getIdentityToken`;
    fake.script("/system/whoami", { type: "ServiceUnavailable", retryAfter: 20 });
    fake.script(path, { type: "ServiceUnavailable", retryAfter: 15 });
    const reason = new Error("enough");
    const stopping =
      (controller: AbortController): typeof fetch =>
      async (input, init) => {
        const response = await fetch(input, init);
        setImmediate(() => controller.abort(reason));
        return response;
      };
    const [first, second] = [new AbortController(), new AbortController()];
    const auth = dnanexus({ env, fetch: stopping(first) });
    await expect(auth.verify({ signal: first.signal })).rejects.toBe(reason);
    const identity = jobIdentityToken(dnanexus({ env, fetch: stopping(second) }), { audience: "a" });
    await expect(identity.token({ signal: second.signal })).rejects.toBe(reason);
    expect(fake.requests).toHaveLength(2);
  });

  it("ends a logout's token once it answers again", async () => {
    const { home, machine } = createSandbox();
    const fake = await fakeDNAnexus();
    fake.script("/system/destroyAuthToken", { type: "ServiceUnavailable", retryAfter: 0, times: 2 });
    const { outcome } = await logoutOn(machine)({ env: { HOME: home, ...fake.environment(canary) } });
    expect(outcome).toBe("ended");
    expect(fake.tokens()).toEqual([]);
  });

  it("is never asked twice about a refused token, whatever wait it names", async () => {
    const fake = await fakeDNAnexus();
    fake.script("/system/whoami", { type: "InvalidAuthentication", retryAfter: 0, times: 5 });
    await expect(dnanexus({ env: fake.environment(canary) }).verify()).rejects.toMatchObject({ status: 401 });
    expect(fake.requests).toHaveLength(1);
  });
});
