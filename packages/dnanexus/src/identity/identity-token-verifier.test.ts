import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { inspect } from "node:util";

import { SignJWT } from "jose";
import { afterEach, describe, expect, it, vi } from "vitest";

import { fakeDNAnexus } from "../fixtures/sandbox.ts";
import {
  type AuthError,
  identityTokenVerifier,
  type IdentityTokenVerifierOptions,
  verifyIdentityToken,
} from "../identity.ts";
import { dnanexus, jobIdentityToken } from "../index.ts";
import type { FakeDNAnexus } from "../testing/index.ts";

const audience = "partner.example.com";
const start = 1_766_000_000_000;
const discovery = "/.well-known/openid-configuration";
const jwks = "/.well-known/jwks";

afterEach(() => void vi.useRealTimers());

/** A job's identity token, and the options with which its receiver verifies it. */
async function received() {
  const clock = { at: start };
  const now = (): number => clock.at;
  const fake = await fakeDNAnexus({ now });
  const auth = dnanexus({ env: fake.jobEnvironment(), now });
  const identity = jobIdentityToken(auth, { audience });
  const jwt = async (): Promise<string> => (await identity.token({ refresh: true })).reveal();
  const options: IdentityTokenVerifierOptions = { audience, issuer: fake.url, now };
  return { fake, clock, jwt, options };
}

const reads = (fake: FakeDNAnexus): string[] =>
  fake.requests.filter(({ method }) => method === "GET").map(({ path }) => path);

async function failureOf(promise: Promise<unknown>): Promise<AuthError> {
  return promise.then(
    () => expect.unreachable("It did not fail."),
    (error: AuthError) => error,
  );
}

describe("verifyIdentityToken", () => {
  it("gives the claims of a good token, with keys that the issuer's discovery document leads to", async () => {
    const { fake, jwt, options } = await received();
    expect(await verifyIdentityToken(await jwt(), options)).toMatchObject({
      verified: true,
      issuer: fake.url,
      audience: [audience],
      subject: "launched_by;user-alice;job_worker_ipv4;10.0.3.7",
      jobId: "job-BBBBBBBBBBBBBBBBBBBBBBBB",
      issuedAt: start,
      expiresAt: start + 300_000,
    });
    expect(reads(fake)).toEqual([discovery, jwks]);
  });

  it("takes one of several audiences, and keys from an address that it is given", async () => {
    const { fake, jwt, options } = await received();
    const more = { audience: ["other", audience], jwksUrl: `${fake.url}${jwks}` };
    await verifyIdentityToken(await jwt(), { ...options, ...more });
    expect(reads(fake)).toEqual([jwks]);
  });

  it("takes a token whose audience is an array", async () => {
    const { options, sign } = await signing();
    expect(await verifyIdentityToken(await sign({ aud: ["x", audience] }), options)).toMatchObject({
      audience: ["x", audience],
    });
  });

  it("knows the issuer of DNAnexus by itself", async () => {
    const { fake, jwt, options } = await received();
    const { issuer: _, ...rest } = options;
    const error = await failureOf(
      verifyIdentityToken(await jwt(), { ...rest, jwksUrl: `${fake.url}${jwks}` }),
    );
    expect(error).toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      message: expect.stringContaining("another issuer"),
    });
  });

  it("goes by the times of the token, give or take five seconds", async () => {
    const { clock, jwt, options } = await received();
    const token = await jwt();
    for (const offset of [304_000, -4_000]) {
      clock.at = start + offset;
      await verifyIdentityToken(token, options);
    }
    clock.at = start + 306_000;
    expect(await failureOf(verifyIdentityToken(token, options))).toMatchObject({
      code: "AUTH_TOKEN_EXPIRED",
      message: expect.stringContaining("expired on 2025-12-17T19:38:20.000Z"),
    });
    clock.at = start - 6_000;
    expect(await failureOf(verifyIdentityToken(token, options))).toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      message: expect.stringContaining("not valid yet"),
    });
  });

  it("refuses a token for another audience", async () => {
    const { jwt, options } = await received();
    const error = await failureOf(verifyIdentityToken(await jwt(), { ...options, audience: "else" }));
    expect(error).toMatchObject({ code: "AUTH_TOKEN_REJECTED", provider: "dnanexus" });
    expect(error.message).toContain("another audience");
  });

  it("refuses a token that was changed, cut, unsigned or made up, and shows none of it", async () => {
    const { jwt, options } = await received();
    const token = await jwt();
    const [head = "", body = "", signature = ""] = token.split(".");
    const text = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const other = text({ ...JSON.parse(Buffer.from(body, "base64url").toString()), launched_by: "user-eve" });
    for (const wrong of [
      `${head}.${other}.${signature}`,
      `${head}.${body}.`,
      `${text({ alg: "none" })}.${body}.`,
      `${text({ alg: "HS256", typ: "JWT" })}.${body}.${signature}`,
      `${head}.${body}`,
      "canaryMadeUp",
      "",
      undefined as never,
    ]) {
      const error = await failureOf(verifyIdentityToken(wrong, options));
      expect(error.code).toBe("AUTH_TOKEN_REJECTED");
      const printed = `${inspect(error, { depth: 9, showHidden: true })}${JSON.stringify(error)}`;
      for (const part of [head, body, signature, "canaryMadeUp", "user-alice"])
        expect(printed).not.toContain(part);
    }
  });

  it.each(["exp", "sub", "aud", "iss"])("refuses a token without %s", async (claim) => {
    const { options, sign } = await signing();
    expect(await failureOf(verifyIdentityToken(await sign({ [claim]: undefined }), options))).toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
    });
  });

  it("refuses a token by another algorithm of a good key", async () => {
    const { options, sign } = await signing();
    expect(await failureOf(verifyIdentityToken(await sign({}, "PS256"), options))).toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      message: expect.stringContaining("not signed with RS256"),
    });
  });

  it.each([[""], [[]], [["a", ""]], [undefined]])("refuses the audience %j as an option", async (wrong) => {
    const { fake, jwt, options } = await received();
    const error = await failureOf(verifyIdentityToken(await jwt(), { ...options, audience: wrong as never }));
    expect([error.code, reads(fake)]).toEqual(["AUTH_PROVIDER_INVALID", []]);
  });

  it.each(["http://job-oidc.dnanexus.com", "job-oidc.dnanexus.com", "https://alice:x@job-oidc.dnanexus.com"])(
    "takes no keys from %s",
    async (issuer) => {
      const fetch = (): never => expect.unreachable("It was fetched.");
      for (const place of [{ issuer }, { jwksUrl: issuer }]) {
        expect(await failureOf(verifyIdentityToken("a.b.c", { audience, fetch, ...place }))).toMatchObject({
          code: "AUTH_PROVIDER_INVALID",
        });
      }
    },
  );
});

describe("the issuer's keys", () => {
  it("are fetched once for many tokens, and again for one with an unknown key", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    const { fake, jwt, options } = await received();
    const verify = identityTokenVerifier(options);
    const first = await jwt();
    await Promise.all([verify(first), verify(await jwt()), verify(first)]);
    expect(reads(fake)).toEqual([discovery, jwks]);

    fake.rotateIdentityKey();
    const next = await jwt();
    // A stranger's key ids must not make the program ask the issuer without end.
    expect(await failureOf(verify(next))).toMatchObject({ code: "AUTH_TOKEN_REJECTED" });
    expect(reads(fake)).toEqual([discovery, jwks]);
    vi.setSystemTime(start + 31_000);
    await verify(next);
    expect(await failureOf(verify(first))).toMatchObject({ code: "AUTH_TOKEN_REJECTED" });
    expect(reads(fake)).toEqual([discovery, jwks, jwks]);
  });

  it.each([discovery, jwks])("that cannot be had say nothing about the token: %s", async (path) => {
    const { fake, jwt, options } = await received();
    const verify = identityTokenVerifier(options);
    for (const answer of [
      { status: 401, body: {} },
      { status: 404, body: {} },
      { status: 302, body: {}, headers: { location: "https://example.com/" } },
      { drop: true },
    ]) {
      fake.script(path, { ...answer, times: 3 });
      const failed = await failureOf(identityTokenVerifier({ ...options, timeoutMs: 250 })(await jwt()));
      expect([answer, failed.code]).toEqual([answer, "AUTH_UNREACHABLE"]);
      // What is left of the script is used up.
      while ((await fetch(`${fake.url}${path}`).catch(() => undefined))?.status !== 200) continue;
    }
    expect(await verify(await jwt())).toMatchObject({ verified: true });
  });

  it.each([
    [discovery, { issuer: "https://example.com", jwks_uri: "https://example.com/keys" }],
    [discovery, { jwks_uri: 5 }],
    [jwks, { keys: "none" }],
    [jwks, []],
  ])("of a wrong shape are no judgement: %s %j", async (path, body) => {
    const { fake, jwt, options } = await received();
    fake.script(path, { status: 200, body });
    const verify = identityTokenVerifier(options);
    expect(await failureOf(verify(await jwt()))).toMatchObject({ code: "AUTH_RESPONSE_MALFORMED" });
    expect(await verify(await jwt())).toMatchObject({ verified: true });
  });
});

/** An issuer whose tokens are whatever a test wants them to be. */
async function signing() {
  const { fake, options } = await received();
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = { ...publicKey.export({ format: "jwk" }), kid: "k" };
  fake.script(jwks, { status: 200, body: { keys: [key] }, times: 9 });
  const sign = (claims: Record<string, unknown>, alg = "RS256", by: KeyObject = privateKey) =>
    new SignJWT({
      iss: fake.url,
      sub: "job_id;x",
      aud: audience,
      exp: start / 1000 + 300,
      ...claims,
    })
      .setProtectedHeader({ alg, kid: "k" })
      .sign(by);
  return { options, sign };
}
