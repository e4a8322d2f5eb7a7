export type {
  Auth,
  AuthError,
  AuthErrorCode,
  AuthErrorInit,
  AuthEvent,
  AuthEventType,
  AuthOptions,
  Claim,
  ClaimAnswer,
  ClaimWish,
  Environment,
  EventBase,
  ExplainedError,
  ExplainOptions,
  Explanation,
  Found,
  FunctionResult,
  Identity,
  Provider,
  ProviderFacts,
  ReleaseOptions,
  SourceAttempt,
  SourceContext,
  SourceResult,
  StoredRecord,
  Token,
  TokenFunction,
  TokenOptions,
  TokenRecord,
  TokenSource,
  TokenStore,
  Unavailable,
  Verification,
  VerifyOptions,
} from "@auth/core";

export { checkProvider } from "./check-provider.ts";
export type {
  Arrangement,
  ConformanceFacts,
  OtherAnswer,
  RecordedAnswer,
  RecordedAnswers,
  TokenKind,
} from "./conformance-facts.ts";
export {
  type LoopbackAnswer,
  type LoopbackRequest,
  type LoopbackServer,
  type LoopbackServerOptions,
  startLoopbackServer,
} from "./loopback-server.ts";
export type { RuleResult } from "./check-rule.ts";
export { testProvider } from "./test-provider.ts";
export { testTokenStore, type TestedTokenStore } from "./test-token-store.ts";
