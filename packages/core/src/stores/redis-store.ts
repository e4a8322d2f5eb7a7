import { isWorkers } from "../runtime.ts";
import { failed } from "../sources/source.ts";
import type { ClaimAnswer, StoredRecord, TokenStore } from "./token-store.ts";

/** A client of the package `redis`, as far as it is used. A cluster's client fits as well. */
export interface NodeRedisClient {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** A client of the package `ioredis`, as far as it is used. A cluster's client fits as well. */
export interface IoRedisClient {
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  defineCommand(name: string, definition: { lua: string }): void;
}

/** A key of Web Crypto. */
export type EncryptionKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** Options of {@link redisStore}. */
export interface RedisStoreOptions {
  /**
   * Encrypts what is stored: a `CryptoKey` for AES-GCM that may encrypt and decrypt, or its 32 bytes. `"none"` stores tokens
   * as they are, for everybody who can read the database and its backups.
   */
  readonly encryptionKey: EncryptionKey | Uint8Array | "none";
  /** Stands before the keys. Default: `auth-token:`. */
  readonly prefix?: string | undefined;
}

/**
 * A store for the processes of many machines: Redis 5 and later, or Valkey, by a client of yours, which is not closed. Each key
 * is one hash; what is stored is encrypted, and bound to its key. The clock is that of Redis. All changes are scripts, each
 * of which is one step; they are sent whole, so that a Redis which was restarted knows them.
 *
 * What rotates has to survive a restart of Redis: turn on its append-only file, and let it evict nothing.
 */
export function redisStore(client: NodeRedisClient | IoRedisClient, options: RedisStoreOptions): TokenStore {
  const { prefix = "auth-token:", encryptionKey } = Object.assign(
    Object.create(null),
    options,
  ) as RedisStoreOptions;
  if (typeof (client as Partial<NodeRedisClient> | undefined)?.eval !== "function")
    throw failed("redisStore was given no Redis client", "Pass a client of the package redis or ioredis.");
  const cipher = cipherOf(encryptionKey);

  async function run(
    script: string,
    key: string,
    ...values: readonly (string | number)[]
  ): Promise<string[]> {
    const name = prefix + key;
    const texts = values.map(String);
    const answer = await ("defineCommand" in client
      ? client.eval(script, 1, name, ...texts)
      : client.eval(script, { keys: [name], arguments: texts }));
    if (!Array.isArray(answer))
      throw failed("Redis gave an answer of another kind", "Check what the client is connected to.");
    return answer.map(String);
  }

  async function stored(
    key: string,
    [generation, age, text = "", holder = ""]: readonly string[],
  ): Promise<StoredRecord> {
    const plain = await cipher.decrypt(prefix + key, text);
    return {
      generation: Number(generation),
      reveal: () => plain,
      ageMs: Math.max(Number(age), 0),
      ...(holder !== "" && { holder }),
    };
  }

  return {
    name: "redis",
    async read(key) {
      const [found, ...facts] = await run(readScript, key);
      return found === "record" ? stored(key, facts) : undefined;
    },
    async claim(key, { after, leaseMs, holder = "" }): Promise<ClaimAnswer> {
      const [outcome, ...facts] = await run(claimScript, key, after, Math.ceil(leaseMs), holder);
      if (outcome === "newer") return { outcome, record: await stored(key, facts) };
      const [first = "", at = "", third = "", fourth = ""] = facts;
      if (outcome === "held") {
        const paused = third === "1";
        const untilAt = Number(first);
        return { outcome, untilAt, at: Number(at), paused, ...(fourth !== "" && { holder: fourth }) };
      }
      return {
        outcome: "won",
        key,
        fence: Number(first),
        at: Number(at),
        failures: Number(third),
        lapsed: fourth === "1",
      };
    },
    async publish({ key, fence }, record) {
      const text = await cipher.encrypt(prefix + key, record.reveal());
      const [answer] = await run(publishScript, key, fence, record.generation, text);
      return answer === "published";
    },
    async release({ key, fence }, { notBeforeAt } = {}) {
      await run(releaseScript, key, fence, notBeforeAt ?? "");
    },
  };
}

// One hash for each key. `fence`: the newest one given. `until`, `lease`, `holder`: the claim that runs, or ended by its lease.
// `pause`: nobody wins before. `failures`, `lapsed`: since the last record. `generation`, `record`, `at`: the newest record.
// Numbers go back as texts: Lua's would lose digits.
const beginning = `
local time = redis.call("TIME")
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local names = {"fence", "until", "lease", "holder", "pause", "failures", "lapsed", "generation", "record", "at"}
local values = redis.call("HMGET", KEYS[1], unpack(names))
local state = {}
for index, name in ipairs(names) do state[name] = values[index] or "" end
local function number(name) return tonumber(state[name]) or 0 end
local function text(value) return string.format("%.0f", value) end
local runs = number("until") > now and number("until") - now <= number("lease") * 2
local function record(outcome)
  return {outcome, state.generation, text(now - number("at")), state.record, runs and state.holder or ""}
end
local function holds() return state.fence == ARGV[1] and number("until") > now end
`;

const readScript = `${beginning}
if state.generation == "" then return {"none"} end
return record("record")
`;

const claimScript = `${beginning}
if state.generation ~= "" and number("generation") > tonumber(ARGV[1]) then return record("newer") end
if runs then return {"held", state["until"], text(now), "0", state.holder} end
local pause = number("pause")
if pause > now and pause - now <= 86400000 then return {"held", text(pause), text(now), "1", ""} end
local lapsed = state.lapsed == "1" or state["until"] ~= ""
local fence = math.max(number("fence") + 1, number("generation") + 1, tonumber(ARGV[1]) + 1, now)
redis.call("HSET", KEYS[1], "fence", text(fence), "until", text(now + tonumber(ARGV[2])), "lease", ARGV[2],
  "holder", ARGV[3], "lapsed", lapsed and "1" or "0")
redis.call("HDEL", KEYS[1], "pause")
return {"won", text(fence), text(now), text(number("failures")), lapsed and "1" or "0"}
`;

const publishScript = `${beginning}
if not holds() then return {"lost"} end
redis.call("HSET", KEYS[1], "generation", ARGV[2], "record", ARGV[3], "at", text(now))
redis.call("HDEL", KEYS[1], "until", "lease", "holder", "pause", "failures", "lapsed")
return {"published"}
`;

const releaseScript = `${beginning}
if not holds() then return {"lost"} end
redis.call("HDEL", KEYS[1], "until", "lease", "holder")
if ARGV[2] ~= "" then
  redis.call("HSET", KEYS[1], "pause", ARGV[2])
  redis.call("HINCRBY", KEYS[1], "failures", "1")
end
return {"released"}
`;

/** What makes a record unreadable. `place`: where it is stored; a record that was moved elsewhere cannot be read there. */
interface Cipher {
  encrypt(place: string, text: string): Promise<string>;
  decrypt(place: string, text: string): Promise<string>;
}

const plainMark = "plain:";
const secretMark = "aes-gcm:";

function cipherOf(key: unknown): Cipher {
  if (key === "none")
    return {
      encrypt: async (_, text) => plainMark + text,
      async decrypt(_, text) {
        if (!text.startsWith(plainMark))
          throw failed(
            "what Redis holds is encrypted, and there is no encryptionKey",
            "Pass redisStore the encryptionKey.",
          );
        return text.slice(plainMark.length);
      },
    };
  const imported = importKey(key);
  const additional = (place: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(place);
  return {
    async encrypt(place, text) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const algorithm = { name: "AES-GCM", iv, additionalData: additional(place) };
      const sealed = await crypto.subtle.encrypt(algorithm, await imported(), new TextEncoder().encode(text));
      return secretMark + toBase64(iv) + toBase64(new Uint8Array(sealed));
    },
    async decrypt(place, text) {
      if (!text.startsWith(secretMark))
        throw failed(
          "what Redis holds is not encrypted",
          'Remove the key from Redis, or pass encryptionKey: "none".',
        );
      try {
        const sealed = text.slice(secretMark.length);
        const iv = fromBase64(sealed.slice(0, 16));
        const algorithm = { name: "AES-GCM", iv, additionalData: additional(place) };
        const plain = await crypto.subtle.decrypt(algorithm, await imported(), fromBase64(sealed.slice(16)));
        return new TextDecoder().decode(plain);
      } catch {
        throw failed(
          "what Redis holds was encrypted with another key, or for another place",
          "Pass redisStore the encryptionKey of the others.",
        );
      }
    },
  };
}

function importKey(key: unknown): () => Promise<EncryptionKey> {
  const remedy = 'Pass encryptionKey: 32 random bytes, a CryptoKey for AES-GCM, or "none".';
  if (isCryptoKey(key)) {
    const { algorithm, usages } = key;
    if (algorithm.name !== "AES-GCM" || !usages.includes("encrypt") || !usages.includes("decrypt"))
      throw failed("the encryptionKey is not one that encrypts and decrypts by AES-GCM", remedy);
    return async () => key;
  }
  if (!(key instanceof Uint8Array)) throw failed("redisStore was given no encryptionKey", remedy);
  if (key.length !== 32) throw failed(`the encryptionKey has ${key.length} bytes`, remedy);
  // A copy: what the caller does to the bytes later changes nothing.
  const bytes = new Uint8Array(key);
  let imported: Promise<EncryptionKey> | undefined;
  const load = (): Promise<EncryptionKey> =>
    crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  return () => (isWorkers() ? load() : (imported ??= load()));
}

/** By what it has: it may be of another realm. */
function isCryptoKey(key: unknown): key is EncryptionKey {
  return typeof key === "object" && key !== null && "algorithm" in key && "usages" in key;
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
