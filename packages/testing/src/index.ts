export type {
  Auth,
  AuthErrorCode,
  AuthEvent,
  AuthEventType,
  AuthOptions,
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
  SourceAttempt,
  SourceContext,
  SourceResult,
  Token,
  TokenFunction,
  TokenOptions,
  TokenSource,
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
