import { AuthError, ownField, isJsonObject } from "@auth/core";

/** What an identity token says. Times are milliseconds since the epoch; what the token does not say is absent. */
export interface IdentityTokenClaims {
  /** `iss`: who signed it. */
  readonly issuer?: string;
  /** `sub`: the subject claims that were asked for, as `name;value` pairs joined by `;`, in their order. */
  readonly subject?: string;
  /** `aud`: for whom it is. One text in the token is an array of one here. */
  readonly audience: readonly string[];
  /** `iat` */
  readonly issuedAt?: number;
  /** `nbf`: valid from here on. */
  readonly notBeforeAt?: number;
  /** `exp`: valid until here. */
  readonly expiresAt?: number;
  /** `job-…` */
  readonly jobId?: string;
  /** `project-…` */
  readonly projectId?: string;
  /** `user-…` */
  readonly launchedBy?: string;
  /** All claims as they stand in the token, under their own names and with its own units: seconds. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Claims of which nobody has checked the signature. Anybody can have written them. */
export interface UnverifiedIdentityToken extends IdentityTokenClaims {
  readonly verified: false;
}

/**
 * Reads an identity token without checking it: for display and for logs, never for a decision. To decide on it, use
 * `verifyIdentityToken` of `@auth/dnanexus/identity`.
 *
 * @throws {AuthError} `AUTH_TOKEN_MALFORMED` when it is not a JSON Web Token.
 */
export function decodeIdentityToken(identityToken: string): UnverifiedIdentityToken {
  const payload = payloadOf(identityToken);
  if (payload === undefined) {
    throw new AuthError("AUTH_TOKEN_MALFORMED", {
      provider: "dnanexus",
      message: "The identity token is not a JSON Web Token.",
      remedy: "Pass the text of Token in the answer of getIdentityToken, whole and alone.",
    });
  }
  return { verified: false, ...readClaims(payload) };
}

/** The claims by better names. A claim that is not of its documented type counts as absent. */
export function readClaims(payload: object): IdentityTokenClaims {
  const audience = ownField(payload, "aud");
  const known = {
    issuer: textOf(payload, "iss"),
    subject: textOf(payload, "sub"),
    issuedAt: timeOf(payload, "iat"),
    notBeforeAt: timeOf(payload, "nbf"),
    expiresAt: timeOf(payload, "exp"),
    jobId: textOf(payload, "job_id"),
    projectId: textOf(payload, "project_id"),
    launchedBy: textOf(payload, "launched_by"),
  };
  return {
    ...(Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as object),
    audience: [audience].flat().filter((one) => typeof one === "string"),
    claims: { ...payload },
  };
}

function payloadOf(identityToken: string): object | undefined {
  const parts = typeof identityToken === "string" ? identityToken.split(".") : [];
  if (parts.length !== 3) return undefined;
  try {
    const payload: unknown = JSON.parse(Buffer.from(parts[1] ?? "", "base64url").toString("utf8"));
    return isJsonObject(payload) ? payload : undefined;
  } catch {
    return undefined;
  }
}

function textOf(payload: object, name: string): string | undefined {
  const value = ownField(payload, name);
  return typeof value === "string" ? value : undefined;
}

// RFC 7519: seconds, perhaps with a fraction. Beyond the range of a date it is no time.
function timeOf(payload: object, name: string): number | undefined {
  const seconds = ownField(payload, name);
  return typeof seconds === "number" && Math.abs(seconds) <= 8.64e12 ? seconds * 1000 : undefined;
}
