import { describe, expect, it } from "vitest";

import { type AuthError, decodeIdentityToken } from "../index.ts";

const canary = "canaryIdentity6c1f";
const jwt = (payload: unknown): string =>
  ["{}", JSON.stringify(payload), "signature"]
    .map((part) => Buffer.from(part).toString("base64url"))
    .join(".");

describe("decodeIdentityToken", () => {
  it("names the claims, with times in milliseconds, and says that nothing was checked", () => {
    const claims = {
      iss: "https://job-oidc.dnanexus.com",
      sub: "launched_by;user-alice",
      aud: "sts.amazonaws.com",
      iat: 1_766_000_000,
      nbf: 1_766_000_000,
      exp: 1_766_000_300,
      job_id: "job-BBBBBBBBBBBBBBBBBBBBBBBB",
      project_id: "project-AAAAAAAAAAAAAAAAAAAAAAAA",
      launched_by: "user-alice",
      region: "aws:us-east-1",
    };
    expect(decodeIdentityToken(jwt(claims))).toEqual({
      verified: false,
      issuer: "https://job-oidc.dnanexus.com",
      subject: "launched_by;user-alice",
      audience: ["sts.amazonaws.com"],
      issuedAt: 1_766_000_000_000,
      notBeforeAt: 1_766_000_000_000,
      expiresAt: 1_766_000_300_000,
      jobId: "job-BBBBBBBBBBBBBBBBBBBBBBBB",
      projectId: "project-AAAAAAAAAAAAAAAAAAAAAAAA",
      launchedBy: "user-alice",
      claims,
    });
  });

  it("takes an array for the audience, and leaves out what is not of its type", () => {
    const claims = { aud: ["a", "b", 5], exp: "soon", iat: 1e300, sub: 7 };
    expect(decodeIdentityToken(jwt(claims))).toEqual({ verified: false, audience: ["a", "b"], claims });
  });

  it.each([canary, `${canary}.${canary}.${canary}`, jwt([canary]), jwt(null), "", undefined])(
    "refuses what is no token, without showing it",
    (text) => {
      const error = caught(() => decodeIdentityToken(text as string));
      expect(error.code).toBe("AUTH_TOKEN_MALFORMED");
      expect(JSON.stringify(error) + String(error.stack)).not.toContain(canary);
    },
  );
});

function caught(task: () => unknown): AuthError {
  try {
    task();
  } catch (error) {
    return error as AuthError;
  }
  return expect.unreachable("It did not fail.");
}
