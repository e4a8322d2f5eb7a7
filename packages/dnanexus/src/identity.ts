export {
  AuthError,
  type AuthErrorCode,
  type AuthErrorInit,
  isAuthError,
  type SourceAttempt,
} from "@auth/core";
export type { IdentityTokenClaims } from "./identity/identity-token.ts";
export {
  identityTokenVerifier,
  type IdentityTokenVerifierOptions,
  type VerifiedIdentityToken,
  verifyIdentityToken,
} from "./identity/identity-token-verifier.ts";
