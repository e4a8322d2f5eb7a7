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
export type { LoginPlace, LoginStore, SavedAccount } from "@auth/core/logins";

export type { ZendeskRotation } from "./from-rotation.ts";
export { login, type LoginOptions, logout, savedLogin } from "./login.ts";
export type { SavedLogin } from "./saved-logins.ts";
export { zendesk, type ZendeskOptions } from "./zendesk.ts";
export type { ZendeskIdentity } from "./zendesk-identity.ts";
