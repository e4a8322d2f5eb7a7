import { inspect } from "node:util";

import { chain, defineProvider, fromValue } from "@auth/core";
import { startLoopbackServer } from "@auth/testing";
import { describe, expect, it } from "vitest";

import { canary, fakeDNAnexus } from "../fixtures/sandbox.ts";
import {
  type AuthError,
  decodeIdentityToken,
  dnanexus,
  jobIdentityToken,
  type DNAnexusOptions,
  type JobIdentityTokenOptions,
} from "../index.ts";
import type { FakeDNAnexus, LaunchedJob } from "../testing/index.ts";

const id = "job-BBBBBBBBBBBBBBBBBBBBBBBB";
const path = `/${id}/getIdentityToken`;
const audience = "sts.amazonaws.com";
const jobToken = "canaryJobToken7a2d9e4b";
const start = 1_766_000_000_000;

/** A job on a fake whose clock, which is the client's too, is set by the test. */
async function inJob(options: Partial<JobIdentityTokenOptions> = {}, job: LaunchedJob = {}) {
  const clock = { at: start };
  const now = (): number => clock.at;
  const fake = await fakeDNAnexus({ now });
  const env = fake.jobEnvironment({ launchedWith: canary, token: jobToken, ...job });
  const auth = dnanexus({ env, now });
  return { fake, clock, env, auth, identity: jobIdentityToken(auth, { audience, ...options }) };
}

const asked = (fake: FakeDNAnexus): unknown[] =>
  fake.requests.filter(({ method }) => method === "POST").map(({ body }) => JSON.parse(body));

async function failureOf(promise: Promise<unknown>): Promise<AuthError> {
  return promise.then(
    () => expect.unreachable("It did not fail."),
    (error: AuthError) => error,
  );
}

describe("jobIdentityToken", () => {
  it("asks with the job's own token, and sends the claims in their order under the service's name", async () => {
    const { fake, identity } = await inJob({ subjectClaims: ["project_id", "launched_by"] });
    const token = await identity.token();
    expect(fake.requests).toMatchObject([
      { method: "POST", path, headers: { authorization: `Bearer ${jobToken}` } },
    ]);
    expect(asked(fake)).toEqual([{ audience, subject_claims: ["project_id", "launched_by"] }]);
    expect(token).toMatchObject({
      source: "job identity token for sts.amazonaws.com",
      expiresAt: start + 300_000,
    });
    expect(decodeIdentityToken(token.reveal())).toMatchObject({
      subject: "project_id;project-AAAAAAAAAAAAAAAAAAAAAAAA;launched_by;user-alice",
      audience: [audience],
    });
  });

  it.each([[undefined], [[]]])("leaves claims out where there are none: %j", async (subjectClaims) => {
    const { fake, identity } = await inJob({ subjectClaims });
    await identity.token();
    expect(asked(fake)).toEqual([{ audience }]);
  });

  it("reads and sends nothing before the first use", async () => {
    const env = new Proxy({}, { has: () => expect.unreachable("It was read.") });
    const identity = jobIdentityToken(dnanexus({ env }), { audience });
    expect(inspect(identity)).toContain("job identity token for sts.amazonaws.com");
  });

  it("asks once for all who wait, holds the token, and refreshes it in the background ahead of its end", async () => {
    const { fake, clock, identity } = await inJob();
    const [first] = await Promise.all(Array.from({ length: 50 }, () => identity.token()));
    clock.at += 200_000;
    expect(await identity.token()).toBe(first);
    expect(fake.requests).toHaveLength(1);
    clock.at += 60_000;
    expect(await identity.token()).toBe(first);
    await expect.poll(async () => (await identity.token()).expiresAt).toBe(start + 560_000);
    expect(fake.requests).toHaveLength(2);
  });

  it("gives another token when told to refresh, and never one that has ended", async () => {
    const { fake, clock, identity } = await inJob();
    const first = await identity.token();
    expect((await identity.token({ refresh: true })).fingerprint()).not.toBe(first.fingerprint());
    clock.at += 300_000;
    expect((await identity.token()).expiresAt).toBe(start + 600_000);
    expect(fake.requests).toHaveLength(3);
  });

  it("serves as the token of any provider, which asks for another one after a refusal", async () => {
    const { fake, identity } = await inJob();
    const seen: string[] = [];
    await using partner = await startLoopbackServer(({ headers }) => {
      seen.push(String(headers.authorization));
      return { status: seen.length === 1 ? 401 : 200, body: {} };
    });
    const acme = defineProvider({
      specVersion: 1,
      id: "acme",
      name: "Acme",
      setup: () => ({
        baseUrl: partner.url,
        sources: [],
        verify: { path: "/me", identify: () => undefined },
      }),
    });
    const { status } = await acme({ token: identity, env: {}, now: () => start }).fetch("/things");
    expect([status, fake.requests.length, new Set(seen).size]).toEqual([200, 2, 2]);
  });

  it("is unavailable outside a job, so that another source can follow it", async () => {
    const fake = await fakeDNAnexus();
    const identity = jobIdentityToken(dnanexus({ env: fake.environment(canary) }), { audience });
    expect(identity.job()).toBeUndefined();
    expect(await failureOf(identity.token())).toMatchObject({
      code: "AUTH_TOKEN_NOT_FOUND",
      message: expect.stringContaining("this is not a job, since DX_JOB_ID is not set"),
      remedy: "Run this in a DNAnexus job, or pass the option job together with that job's own token.",
    });
    const token = chain(identity, fromValue(canary));
    expect((await dnanexus({ token, env: fake.environment() }).token()).source).toBe("value");
    expect(fake.requests).toEqual([]);
  });

  it("takes the job from the option before the environment", async () => {
    const { identity } = await inJob({ job: "job-EEEEEEEEEEEEEEEEEEEEEEEE" });
    expect(identity.job()).toBe("job-EEEEEEEEEEEEEEEEEEEEEEEE");
    expect(await failureOf(identity.token())).toMatchObject({
      code: "AUTH_PROVIDER_INVALID",
      status: 404,
      remedy: "Check DX_JOB_ID, or the option job: the server does not know job-EEEEEEEEEEEEEEEEEEEEEEEE.",
    });
  });

  it.each(["", " ", undefined])("refuses the audience %j without a request", async (wrong) => {
    const { fake, identity } = await inJob({ audience: wrong as string });
    expect(await failureOf(identity.token())).toMatchObject({ code: "AUTH_PROVIDER_INVALID" });
    expect(fake.requests).toEqual([]);
  });

  it("says that a claim is none, that another job's token will not do, and that the job has ended", async () => {
    const { auth, env, fake, identity } = await inJob();
    const failures = [
      jobIdentityToken(auth, { audience, subjectClaims: ["shoe_size"] }),
      jobIdentityToken(dnanexus({ env, token: canary }), { audience }),
    ].map(async (one) => failureOf(one.token()));
    expect(await Promise.all(failures)).toMatchObject([
      { code: "AUTH_PROVIDER_INVALID", status: 422, message: expect.stringContaining("shoe_size") },
      { code: "AUTH_PERMISSION_DENIED", status: 401, remedy: expect.stringContaining(`gave ${id} itself`) },
    ]);
    fake.revokeToken(canary);
    expect(await failureOf(identity.token())).toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      remedy: expect.stringContaining("Launch the job anew"),
    });
  });

  it("tries the auth's next token after a refusal", async () => {
    const { env, fake } = await inJob();
    const tokens = ["canaryStale", jobToken];
    const auth = dnanexus({ env, token: () => tokens.shift(), now: () => start });
    await jobIdentityToken(auth, { audience }).token();
    expect(fake.requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer canaryStale",
      `Bearer ${jobToken}`,
    ]);
  });

  it("tries again after throttling, with the service's own pause", async () => {
    const { fake, identity } = await inJob();
    fake.script(path, { type: "ServiceUnavailable", retryAfter: 0 });
    await identity.token();
    expect(fake.requests).toHaveLength(2);
  });

  it("serves the old token while the service is out of order", async () => {
    const { fake, clock, identity } = await inJob();
    const first = await identity.token();
    // Of a kind that is not tried again at once.
    fake.script("/job-*/getIdentityToken", { type: "InvalidState", times: 20 });
    clock.at += 290_000;
    await identity.token();
    await expect.poll(() => fake.requests.length).toBe(2);
    expect(await identity.token()).toBe(first);
    clock.at += 10_000;
    expect(await failureOf(identity.token())).toMatchObject({ code: "AUTH_RESPONSE_MALFORMED" });
  });

  it.each([[{}], [{ Token: 5 }], [{ token: "a.b.c" }], [[]]])("refuses the answer %j", async (body) => {
    const { fake, identity } = await inJob();
    fake.script(path, { status: 200, body });
    expect(await failureOf(identity.token())).toMatchObject({
      code: "AUTH_RESPONSE_MALFORMED",
      status: 200,
      requestId: expect.stringMatching(/^\d{13}-\d+$/),
    });
  });

  it("uses a token that does not tell its end for four minutes", async () => {
    const { fake, identity } = await inJob();
    fake.script(path, { status: 200, body: { Token: "eyJ.eyJ.c2ln" } });
    expect(await identity.token()).toMatchObject({ expiresAt: start + 240_000 });
  });

  it("uses the auth's own fetch, and stops for the one caller who aborts", async () => {
    const { env, fake } = await inJob();
    const paths: string[] = [];
    const options: DNAnexusOptions = {
      env,
      now: () => start,
      fetch: (input, init) => {
        paths.push(new URL(String(input)).pathname);
        return fetch(input, init);
      },
    };
    const identity = jobIdentityToken(dnanexus(options), { audience });
    const controller = new AbortController();
    const [aborted, token] = [identity.token({ signal: controller.signal }), identity.token()];
    controller.abort(new Error("no more"));
    await expect(aborted).rejects.toThrow("no more");
    await token;
    expect([paths, fake.requests.length]).toEqual([[path], 1]);
  });

  it("prints neither the job's token nor its identity token", async () => {
    const { fake, auth, identity } = await inJob();
    const token = await identity.token();
    fake.script("/job-*/getIdentityToken", {
      type: "InvalidInput",
      message: `not for ${jobToken}`,
      times: 3,
    });
    const error = await failureOf(identity.token({ refresh: true }));
    const printed = [identity, token, error, auth].map(
      (value) => `${inspect(value, { depth: 20, showHidden: true })}${JSON.stringify(value)}${String(value)}`,
    );
    expect(printed.join("\n")).toContain("not for [token]");
    for (const secret of [jobToken, token.reveal()]) expect(printed.join("\n")).not.toContain(secret);
  });
});
