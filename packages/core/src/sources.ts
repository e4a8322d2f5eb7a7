// Every source in one entry, so that who has one provider needs no second package. For Node.js, Bun and Deno.
export { chain } from "./sources/chain.ts";
export { exchange, type ExchangeOptions } from "./sources/exchange.ts";
export { fromCommand, type FromCommandOptions } from "./sources/from-command.ts";
export { fromEnv } from "./sources/from-env.ts";
export { fromFile, type FromFileOptions } from "./sources/from-file.ts";
export {
  fromFunction,
  type FromFunctionOptions,
  type FunctionResult,
  type TokenFunction,
} from "./sources/from-function.ts";
export { fromKeychain } from "./sources/from-keychain.ts";
export { fromValue } from "./sources/from-value.ts";
export { shared, type SharedOptions } from "./sources/shared.ts";
export type { Trade, TradeCall, TradeContext, TradeReply } from "./sources/trade.ts";
export { fileStore } from "./stores/file-store.ts";
export {
  type EncryptionKey,
  type IoRedisClient,
  type NodeRedisClient,
  redisStore,
  type RedisStoreOptions,
} from "./stores/redis-store.ts";
export type {
  Claim,
  ClaimAnswer,
  ClaimWish,
  ReleaseOptions,
  StoredRecord,
  TokenRecord,
  TokenStore,
} from "./stores/token-store.ts";
export {
  failed,
  type Environment,
  found,
  type Found,
  type SourceContext,
  type SourceResult,
  type TokenSource,
  unavailable,
  type Unavailable,
} from "./sources/source.ts";
export type { Token } from "./token/token.ts";
