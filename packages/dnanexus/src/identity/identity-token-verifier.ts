import { AuthError, type AuthErrorCode, ownProperties } from "@auth/core";
import type { JWTPayload } from "jose";

import { type IdentityTokenClaims, readClaims } from "./identity-token.ts";
import { type IssuerKeys, issuerKeys } from "./issuer-keys.ts";
import { loadJose } from "./load-jose.ts";

/** Options of {@link identityTokenVerifier}. */
export interface IdentityTokenVerifierOptions {
  /** For whom the token has to be: one of these. */
  readonly audience: string | readonly string[];
  /** Who has to have signed it. Default: `https://job-oidc.dnanexus.com`. */
  readonly issuer?: string | undefined;
  /** Where the issuer's keys are. Default: what its discovery document says. */
  readonly jwksUrl?: string | undefined;
  /** What fetches the keys. Default: the platform's `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** For fetching the keys, retries included. Milliseconds. Default: 10,000. */
  readonly timeoutMs?: number | undefined;
  /** The clock. Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** Claims of a token whose signature, issuer, audience and times are right. */
export interface VerifiedIdentityToken extends IdentityTokenClaims {
  readonly verified: true;
  readonly issuer: string;
  readonly subject: string;
  readonly expiresAt: number;
}

/** How far the clocks of the issuer and the receiver may be apart. Seconds. */
const toleranceSeconds = 5;

/**
 * Checks an identity token that a program received, with keys that are fetched anew. Who checks more than one keeps an
 * {@link identityTokenVerifier}. Needs the package `jose`.
 *
 * @throws {AuthError} as {@link identityTokenVerifier}'s.
 */
export async function verifyIdentityToken(
  identityToken: string,
  options: IdentityTokenVerifierOptions,
): Promise<VerifiedIdentityToken> {
  return identityTokenVerifier(options)(identityToken);
}

/**
 * A function that checks identity tokens: signed with RS256 by a key of the issuer, for this audience, and valid by its
 * times, give or take five seconds. The keys are fetched at the first call, kept for ten minutes, and fetched again for a
 * token with an unknown key, once in 30 seconds at the most. Needs the package `jose`.
 *
 * @throws {AuthError} Each call: `AUTH_TOKEN_REJECTED` or `AUTH_TOKEN_EXPIRED`, for the token; `AUTH_UNREACHABLE`,
 * `AUTH_RATE_LIMITED` or `AUTH_RESPONSE_MALFORMED` when the keys cannot be had, which says nothing about the token;
 * `AUTH_PROVIDER_INVALID` for options that cannot be, or without jose.
 */
export function identityTokenVerifier(
  options: IdentityTokenVerifierOptions,
): (identityToken: string) => Promise<VerifiedIdentityToken> {
  const given = ownProperties(options);
  const { issuer = "https://job-oidc.dnanexus.com", now = Date.now } = given;
  const audience = [given.audience].flat();
  let keys: IssuerKeys | undefined;

  return async (identityToken) => {
    // Without an audience, jose would not look at the token's.
    if (audience.length === 0 || audience.some((one) => typeof one !== "string" || one.trim() === "")) {
      throw failure("AUTH_PROVIDER_INVALID", "The option audience is missing.", "Pass your own audience.");
    }
    const { jwtVerify } = await loadJose();
    keys ??= issuerKeys({ ...given, issuer });
    const key = await keys();
    try {
      const { payload } = await jwtVerify(identityToken, key, {
        algorithms: ["RS256"],
        issuer,
        audience,
        requiredClaims: ["exp", "sub"],
        clockTolerance: toleranceSeconds,
        currentDate: new Date(now()),
      });
      return { verified: true, ...(readClaims(payload) as Known) };
    } catch (error) {
      throw refusal(error);
    }
  };
}

type Known = IdentityTokenClaims & Pick<VerifiedIdentityToken, "issuer" | "subject" | "expiresAt">;

// Errors of jose hold the payload and quote parts of it, so that none becomes a message or a cause.
function refusal(error: unknown): AuthError {
  if (error instanceof AuthError) return error;
  const { code, claim, payload } = error as {
    readonly code?: unknown;
    readonly claim?: string;
    readonly payload?: JWTPayload;
  };
  switch (code) {
    case "ERR_JWT_EXPIRED": {
      const { expiresAt } = readClaims(payload ?? {});
      const when = expiresAt === undefined ? "" : ` on ${new Date(expiresAt).toISOString()}`;
      return failure(
        "AUTH_TOKEN_EXPIRED",
        `The identity token expired${when}.`,
        "Have the job send a new one.",
      );
    }
    case "ERR_JWT_CLAIM_VALIDATION_FAILED":
      return rejected(claimProblems[claim ?? ""] ?? "lacks a claim that it must have");
    case "ERR_JWKS_NO_MATCHING_KEY":
      return rejected("is not signed with a key of the issuer");
    case "ERR_JWS_SIGNATURE_VERIFICATION_FAILED":
      return rejected("has a signature that is not right");
    case "ERR_JOSE_ALG_NOT_ALLOWED":
      return rejected("is not signed with RS256");
    case "ERR_JWS_INVALID":
    case "ERR_JWT_INVALID":
    case "ERR_JOSE_NOT_SUPPORTED":
      return rejected("is not a JSON Web Token that can be read");
    default:
      return failure(
        "AUTH_RESPONSE_MALFORMED",
        "The issuer's keys could not be used, so that nothing is known of the identity token.",
        "Check that issuer, or jwksUrl, is that of DNAnexus.",
      );
  }
}

const claimProblems: Readonly<Record<string, string>> = {
  iss: "is from another issuer",
  aud: "is for another audience",
  nbf: "is not valid yet",
};

function rejected(why: string): AuthError {
  return failure(
    "AUTH_TOKEN_REJECTED",
    `The identity token ${why}.`,
    "Trust nothing in it; have the job ask for one with this audience from this issuer.",
  );
}

function failure(code: AuthErrorCode, message: string, remedy: string): AuthError {
  return new AuthError(code, { provider: "dnanexus", message, remedy });
}
