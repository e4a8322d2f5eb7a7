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
export type { LoginPlace, LoginStore } from "@auth/core/logins";

export { discoverRegion, type DiscoverRegionOptions } from "./discover-region.ts";
export { login, type LoginOptions, logout, savedLogin } from "./login.ts";
export { pylon, type PylonOptions } from "./pylon.ts";
export type { PylonIdentity, PylonUser } from "./pylon-identity.ts";
export type { PylonRegion } from "./region.ts";
export { type AnswerHeaders, type RateLimit, rateLimitOf, requestIdOf } from "./rate-limit.ts";
export { pylonRetry, type RetriedOptions } from "./retry.ts";
export type { SavedLogin } from "./saved-logins.ts";
