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

export type { AppSigner } from "./app-jwt.ts";
export type { GitHubApp } from "./app-installation.ts";
export { github, type GitHubOptions } from "./github.ts";
export type { GitHubIdentity } from "./github-identity.ts";
export { graphqlUrl } from "./host.ts";
export type { GitHubTokenKind } from "./token-kind.ts";
