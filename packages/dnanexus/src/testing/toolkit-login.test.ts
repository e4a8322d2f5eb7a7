import { describe, expect, it } from "vitest";

import { alice, demoDNAnexus, dx, failed, project } from "../fixtures/dx.ts";
import { canary } from "../fixtures/sandbox.ts";
import { signatureOf } from "./token-store.ts";

// As in toolkit.test.ts: the requests of the toolkit as they were recorded.

describe("dx login", () => {
  const attempt = (otp: unknown, password = alice.password): object => ({
    expires: 9e12,
    username: "alice",
    password,
    otp,
  });

  it("logs in with a password, then chooses a project", async () => {
    const fake = await demoDNAnexus({ tokens: {} });
    const { body } = await dx(fake, "/system/newAuthToken", attempt(null));
    expect(body).toMatchObject({ token_type: "bearer", user_id: "user-alice" });
    const { access_token: token } = body as { access_token: string };
    const asked = { level: "CONTRIBUTE", describe: true, explicitPermission: true, limit: 10 };
    expect((await dx(fake, "/system/findProjects", asked, { token })).body).toEqual({
      results: [
        {
          id: project.id,
          level: "ADMINISTER",
          permissionSources: ["user-alice"],
          public: false,
          describe: { id: project.id, name: "demo" },
        },
      ],
      next: null,
    });
  });

  it("asks for the code only when it is told to, and again after a wrong one", async () => {
    const fake = await demoDNAnexus({ users: { alice: { ...alice, otp: "123456" } } });
    expect(await dx(fake, "/system/newAuthToken", attempt(null))).toMatchObject({
      status: 400,
      body: failed("OTPRequiredError"),
    });
    expect((await dx(fake, "/system/newAuthToken", attempt("000000"))).body).toEqual(
      failed("OTPMismatchError"),
    );
    expect((await dx(fake, "/system/newAuthToken", attempt("123456"))).status).toBe(200);
  });

  it("finds an account closed after too many failures, until the time is over", async () => {
    let now = 1_766_000_000_000;
    const lockout = { attempts: 3, durationMs: 60_000 };
    const fake = await demoDNAnexus({ now: () => now, lockout });
    for (const _ of [1, 2, 3]) {
      const { body } = await dx(fake, "/system/newAuthToken", attempt(null, "wrong"));
      expect(body).toEqual(failed("UsernameOrPasswordError"));
    }
    expect(await dx(fake, "/system/newAuthToken", attempt(null))).toMatchObject({
      status: 400,
      body: failed("AccountLockedError"),
    });
    now += 60_000;
    expect((await dx(fake, "/system/newAuthToken", attempt(null))).status).toBe(200);
    for (const _ of [1, 2]) await dx(fake, "/system/newAuthToken", attempt(null, "wrong"));
    expect((await dx(fake, "/system/newAuthToken", attempt(null))).status).toBe(200);
    expect((await dx(fake, "/system/newAuthToken", attempt(null, "wrong"))).body).toEqual(
      failed("UsernameOrPasswordError"),
    );
  });

  it("with a token asks for the user's name", async () => {
    const fake = await demoDNAnexus();
    expect((await dx(fake, "/system/getUserInfo", {}, { token: canary })).body).toEqual({
      username: "alice",
    });
    expect((await dx(fake, "/system/getUserInfo", {}, { token: "unknown" })).body).toEqual(
      failed("InvalidAuthentication", "the token could not be found"),
    );
    expect((await dx(fake, "/system/greet", { client: "dxclient", version: "v0.413.0" })).body).toEqual({
      messages: [],
    });
  });

  it("makes a narrower token, or a code for a job's web application, of the one it has", async () => {
    const fake = await demoDNAnexus();
    const scope = { projects: { [project.id]: "VIEW" }, phiAccess: false };
    await dx(fake, "/system/newAuthToken", { label: "narrow", scope }, { token: canary });
    expect(fake.tokens()).toMatchObject([
      {},
      { label: "narrow", scope, parentSignature: signatureOf(canary) },
    ]);
    const { body } = await dx(
      fake,
      "/system/newAuthToken",
      {
        grant_type: "authorization_code",
        scope: { full: true },
        label: "httpsapp",
        client_id: "httpsapp",
        redirect_uri: "https://job-x.dnanexus.cloud/oauth2/access",
      },
      { token: canary },
    );
    expect(body).toEqual({
      authorization_code: expect.stringMatching(/^[0-9a-f]{32}$/),
      token_type: "code",
      user_id: "user-alice",
    });
    expect(fake.tokens()).toHaveLength(2);
  });
});

describe("dx logout", () => {
  it("ends the token by its signature, and gets an object for it", async () => {
    const fake = await demoDNAnexus();
    const input = { tokenSignature: signatureOf(canary) };
    expect(await dx(fake, "/system/destroyAuthToken", input, { token: canary })).toMatchObject({
      status: 200,
      body: {},
    });
    expect(fake.tokens()).toEqual([]);
    expect((await dx(fake, "/system/destroyAuthToken", input, { token: canary })).status).toBe(401);
  });
});
