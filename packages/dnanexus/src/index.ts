export { dnanexus, type DNAnexusIdentity, type DNAnexusOptions } from "./dnanexus.ts";
export {
  decodeIdentityToken,
  type IdentityTokenClaims,
  type UnverifiedIdentityToken,
} from "./identity/identity-token.ts";
export type { IdentityTokenFile, IdentityTokenFileOptions } from "./job/identity-token-file.ts";
export { writeIdentityTokenFile } from "./job/write-identity-token-file.ts";
export { type JobEnvironment, jobEnvironment } from "./job/job-environment.ts";
export { awsWebIdentity } from "./job/aws-web-identity.ts";
export { gcpSubjectTokenSupplier, type SubjectTokenSupplier } from "./job/gcp-subject-token-supplier.ts";
export {
  type JobIdentityToken,
  jobIdentityToken,
  type JobIdentityTokenOptions,
} from "./job/job-identity-token.ts";
export type { AccountOptions } from "./account/account.ts";
export type { KeepOptions, Login } from "./account/keep-login.ts";
export type { LoginOptions, LoginScope, OtpRequest } from "./account/login.ts";
export type { Logout, LogoutOptions } from "./account/logout.ts";
export { login, loginWithToken, logout } from "./logins.ts";
export type { TokenVariable } from "./config/environment-place.ts";
export {
  type Auth,
  AuthError,
  type AuthErrorCode,
  type AuthErrorInit,
  type AuthEvent,
  type AuthEventType,
  type AuthOptions,
  failed,
  describeIdentity,
  type Environment,
  type EventBase,
  type ExplainedError,
  type ExplainOptions,
  type Explanation,
  formatExplanation,
  found,
  type Found,
  type FunctionResult,
  type Identity,
  isAuthError,
  type Provider,
  type ProviderFacts,
  type SourceAttempt,
  type SourceContext,
  type SourceResult,
  type Token,
  type TokenFunction,
  type TokenOptions,
  type TokenSource,
  unavailable,
  type Unavailable,
  type Verification,
  type VerifyOptions,
} from "@auth/core";
