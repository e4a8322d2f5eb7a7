import { createPublicKey, verify } from "node:crypto";

import { ownField } from "@auth/core";

import type { GitHubProblemName } from "./problems.ts";

/** A GitHub App that the fake knows. */
export interface FakeGitHubApp {
  readonly id: number;
  /** Default: `Iv23lifake0000000000`. */
  readonly clientId?: string;
  /** Default: `acme-app`. */
  readonly slug?: string;
  /** The public half of its private key, in PEM. */
  readonly publicKey: string;
  /** The accounts that it is installed on. Default: one, with the id 1, on `acme`. */
  readonly installations?: readonly FakeInstallation[];
}

/** An app on an account. */
export interface FakeInstallation {
  readonly id: number;
  /** The login of the organization or user. */
  readonly account: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly suspended?: boolean;
}

/** A {@link FakeGitHubApp} with nothing left out. */
export type KnownApp = Required<FakeGitHubApp>;

export function knownApp(app: FakeGitHubApp): KnownApp {
  return {
    clientId: "Iv23lifake0000000000",
    slug: "acme-app",
    installations: [{ id: 1, account: "acme" }],
    ...app,
  };
}

/** The app that signed a JWT, or why GitHub does not take it. Clocks are compared in seconds, as JWTs have it. */
export function appOfJwt(jwt: string, apps: readonly KnownApp[], now: number): KnownApp | GitHubProblemName {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const [head, claims] = [decoded(header), decoded(payload)];
  const issuer = ownField(claims, "iss");
  const app = apps.find(({ id, clientId }) => String(issuer) === String(id) || issuer === clientId);
  const isSigned =
    app !== undefined &&
    ownField(head, "alg") === "RS256" &&
    verify(
      "RSA-SHA256",
      Buffer.from(`${header}.${payload}`),
      createPublicKey(app.publicKey),
      Buffer.from(signature, "base64url"),
    );
  if (!isSigned) return "jwt_undecodable";
  const [issuedAt, expiresAt, seconds] = [ownField(claims, "iat"), ownField(claims, "exp"), now / 1000];
  if (!Number.isInteger(issuedAt) || Number(issuedAt) > seconds) return "jwt_issued_at";
  if (typeof expiresAt !== "number" || expiresAt <= seconds) return "jwt_expired";
  // Ten minutes from now, not from when it was issued.
  return expiresAt - seconds > 600 ? "jwt_expiry_too_far" : app;
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
