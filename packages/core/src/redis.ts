export {
  type EncryptionKey,
  type IoRedisClient,
  type NodeRedisClient,
  redisStore,
  type RedisStoreOptions,
} from "./stores/redis-store.ts";
