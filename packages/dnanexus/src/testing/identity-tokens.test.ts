import { createPublicKey, type JsonWebKey, verify } from "node:crypto";

import { describe, expect, it } from "vitest";

import { canary, fakeDNAnexus } from "../fixtures/sandbox.ts";
import type { FakeDNAnexus } from "./index.ts";

const id = "job-BBBBBBBBBBBBBBBBBBBBBBBB";
const jobToken = "canaryJobToken1f8e3c5a";
const issuedAt = 1_766_000_000;

async function fakeWithJob(): Promise<FakeDNAnexus> {
  const fake = await fakeDNAnexus({
    now: () => issuedAt * 1000 + 999,
    identityIssuer: "https://job-oidc.dnanexus.com",
  });
  fake.jobEnvironment({ launchedWith: canary, token: jobToken });
  return fake;
}

async function ask(fake: FakeDNAnexus, input: object, token = jobToken, job = id) {
  const response = await fetch(`${fake.url}/${job}/getIdentityToken`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: (await response.json()) as { Token: string; error?: object } };
}

async function published(fake: FakeDNAnexus, path: string): Promise<Record<string, unknown>> {
  return (await (await fetch(`${fake.url}/.well-known/${path}`)).json()) as Record<string, unknown>;
}

const part = (jwt: string, index: number): unknown =>
  JSON.parse(Buffer.from(jwt.split(".")[index] ?? "", "base64url").toString("utf8"));

describe("getIdentityToken of the fake", () => {
  it("gives the claims of the documented example, with the subject in the order that was asked for", async () => {
    const { body } = await ask(await fakeWithJob(), {
      audience: "sts.amazonaws.com",
      subject_claims: ["project_id", "launched_by"],
    });
    expect(part(body.Token, 1)).toEqual({
      iss: "https://job-oidc.dnanexus.com",
      sub: "project_id;project-AAAAAAAAAAAAAAAAAAAAAAAA;launched_by;user-alice",
      aud: "sts.amazonaws.com",
      iat: issuedAt,
      nbf: issuedAt,
      exp: issuedAt + 300,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      job_id: id,
      job_try: 0,
      root_execution_id: id,
      root_executable_id: "applet-CCCCCCCCCCCCCCCCCCCCCCCC",
      root_executable_name: "align",
      executable_id: "applet-CCCCCCCCCCCCCCCCCCCCCCCC",
      project_id: "project-AAAAAAAAAAAAAAAAAAAAAAAA",
      bill_to: "org-acme",
      launched_by: "user-alice",
      region: "aws:us-east-1",
      job_worker_ipv4: "10.0.3.7",
    });
  });

  it("signs with the key that it publishes, until the key is changed", async () => {
    const fake = await fakeWithJob();
    const { Token } = (await ask(fake, { audience: "a" })).body;
    const isSigned = async (): Promise<boolean> => {
      const { keys } = (await published(fake, "jwks")) as { keys: [JsonWebKey & { kid: string }] };
      expect(keys).toHaveLength(1);
      const [head, body, signature = ""] = Token.split(".");
      const key = createPublicKey({ key: keys[0], format: "jwk" });
      const isValid = verify(
        "RSA-SHA256",
        Buffer.from(`${head}.${body}`),
        key,
        Buffer.from(signature, "base64url"),
      );
      return isValid && (part(Token, 0) as { kid: string }).kid === keys[0].kid;
    };
    expect(part(Token, 0)).toMatchObject({ alg: "RS256", kid: expect.any(String) });
    expect(await isSigned()).toBe(true);
    fake.rotateIdentityKey();
    expect(await isSigned()).toBe(false);
  });

  it("publishes where the keys are, for its own address unless another issuer is given", async () => {
    const fake = await fakeDNAnexus();
    expect(await published(fake, "openid-configuration")).toMatchObject({
      issuer: fake.url,
      jwks_uri: `${fake.url}/.well-known/jwks`,
      id_token_signing_alg_values_supported: ["RS256"],
    });
    expect(await published(await fakeWithJob(), "openid-configuration")).toMatchObject({
      issuer: "https://job-oidc.dnanexus.com",
    });
    expect(await published(fake, "other")).toMatchObject({ error: { type: "ResourceNotFound" } });
  });

  it.each([
    ["no audience", {}],
    ["an audience that is no text", { audience: ["a"] }],
    ["a claim that there is none of", { audience: "a", subject_claims: ["project_id", "shoe_size"] }],
    ["claims that are no array", { audience: "a", subject_claims: "project_id" }],
    ["an empty array of claims", { audience: "a", subject_claims: [] }],
  ])("refuses %s", async (_, input) => {
    expect(await ask(await fakeWithJob(), input)).toMatchObject({
      status: 422,
      body: { error: { type: "InvalidInput" } },
    });
  });

  it("serves the job itself and nobody else", async () => {
    const fake = await fakeWithJob();
    fake.jobEnvironment({ id: "job-EEEEEEEEEEEEEEEEEEEEEEEE", token: "another" });
    for (const token of [canary, "another"]) {
      expect(await ask(fake, { audience: "a" }, token)).toMatchObject({
        status: 401,
        body: { error: { type: "PermissionDenied" } },
      });
    }
    expect(await ask(fake, { audience: "a" }, jobToken, "job-FFFFFFFFFFFFFFFFFFFFFFFF")).toMatchObject({
      status: 404,
      body: { error: { type: "ResourceNotFound" } },
    });
  });
});
