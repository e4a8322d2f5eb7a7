export {
  AuthError,
  type AuthErrorCode,
  type AuthErrorInit,
  isAuthError,
  type SourceAttempt,
} from "@auth/core";
export type { IdentityTokenClaims } from "./identity-token.ts";
export {
  identityTokenVerifier,
  type IdentityTokenVerifierOptions,
  type VerifiedIdentityToken,
  verifyIdentityToken,
} from "./identity-token-verify.ts";
