export type { Auth, ExplainOptions, ProviderFacts, TokenOptions, VerifyOptions } from "./auth.ts";
export type { AuthOptions } from "./auth-options.ts";
export { AuthError, type AuthErrorCode, type AuthErrorInit, isAuthError } from "./errors.ts";
export type { AuthEvent, AuthEventType, EventBase } from "./events.ts";
export type { ExplainedError, Explanation } from "./explain.ts";
export { ownField, isJsonObject, ownText } from "./untrusted/own-field.ts";
export { describeIdentity, formatExplanation } from "./format-explanation.ts";
export {
  basic,
  bearer,
  type FormOptions,
  header,
  type HeaderChoice,
  type HeaderForm,
  type HeaderInjection,
  type HeaderOptions,
  oneOf,
} from "./provider/header-injection.ts";
export type { Identity } from "./identity.ts";
export { defineProvider, type Provider } from "./define-provider.ts";
export type {
  AddressOption,
  Classification,
  FailedTry,
  IdentityAnswer,
  ProviderDefinition,
  ProviderSetup,
  ServiceAnswer,
  SetupContext,
  VerifyEndpoint,
} from "./provider/definition.ts";
export { isLoopback } from "./requests/origins.ts";
export { ownProperties } from "./untrusted/own-properties.ts";
export { parseRetryAfter } from "./service/retry-after.ts";
export type { SourceAttempt } from "./sources/attempt.ts";
export { chain } from "./sources/chain.ts";
export { exchange, type ExchangeOptions } from "./sources/exchange.ts";
export { fromEnv } from "./sources/from-env.ts";
export {
  fromFunction,
  type FromFunctionOptions,
  type FunctionResult,
  type TokenFunction,
} from "./sources/from-function.ts";
export { fromValue } from "./sources/from-value.ts";
export { shared, type SharedOptions } from "./sources/shared.ts";
export { shellQuote } from "./sources/shell-quote.ts";
export type {
  Claim,
  ClaimAnswer,
  ClaimWish,
  ReleaseOptions,
  StoredRecord,
  TokenRecord,
  TokenStore,
} from "./stores/token-store.ts";
export type { Trade, TradeCall, TradeContext, TradeReply } from "./sources/trade.ts";
export { tenantUrl, type TenantPart } from "./provider/tenant-url.ts";
export type { Token } from "./token/token.ts";
export {
  failed,
  type Environment,
  found,
  type Found,
  isFailed,
  type SourceContext,
  type SourceResult,
  type TokenSource,
  unavailable,
  type Unavailable,
} from "./sources/source.ts";
export { variable } from "./sources/variable.ts";
export type { Verification } from "./verify.ts";
