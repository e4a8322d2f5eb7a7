import { ownProperties } from "../untrusted/own-properties.ts";
import { withTimeLimit } from "../time-limit.ts";
import { failed, type SourceContext, type TokenSource, type Unavailable, unavailable } from "./source.ts";
import { createToken, type Token } from "../token/token.ts";
import type { TokenStore } from "../stores/token-store.ts";
import { generationSource } from "./shared-token/generation-source.ts";
import { checkStore } from "./shared.ts";
import { isTerminal, makeTrade, refusedBefore, type Trade } from "./trade.ts";

/** What {@link exchange} is made of. */
export interface ExchangeOptions {
  /** For people: `GitHub App`. It is the name of the source. */
  readonly name: string;
  /** The source of something long-lived: a refresh token, a client's secret, a private key. */
  readonly material: TokenSource;
  /** Asks the service for a token. */
  readonly trade: Trade;
  /**
   * How long one trade may take, `material` included. Milliseconds. Default: 10,000; with a store nearly as long as a claim runs
   * (`leaseMs`), since an answer that is given up may have brought the next refresh token.
   */
  readonly timeoutMs?: number;
  /**
   * Where processes share the token, and where what rotates is kept: `fileStore(path)` on one machine, `redisStore(client, …)`
   * on several. Default: none, each process trades by itself.
   */
  readonly store?: TokenStore;
  /** Names the token in the store: the same for all who are to share it. Never secret. Default: the name. */
  readonly key?: string;
  /**
   * How long one process may take for a trade before another may try. Longer than the service ever takes. Milliseconds.
   * Default: 30,000.
   */
  readonly leaseMs?: number;
}

/**
 * A source that trades something long-lived for a token each time it is asked: when there is none yet, shortly before it
 * expires, and when the service refuses it. The material is never sent anywhere but by `trade`.
 *
 * A service that hands out new material with each token (a refresh token that rotates) needs somewhere to keep it: `next`
 * without a `store` is a failed source. With a store, one process of all that share it trades, and publishes the token and
 * what the next one is made of in one step, before the token is used. A new text from `material` is a new login, and takes the
 * place of what the store holds. Where the store cannot be asked, nothing that rotates is traded.
 */
export function exchange(given: ExchangeOptions): TokenSource {
  const { name, material, trade, timeoutMs, store, key = name, leaseMs } = checked(given);
  if (store !== undefined) {
    checkStore(name, { store, key, leaseMs });
    return generationSource({
      name,
      store,
      key,
      leaseMs,
      askTimeoutMs: timeoutMs,
      readMaterial: (context) => readMaterial(material, context),
      ask: (context, held) =>
        held === undefined
          ? Promise.resolve(unavailable(`${name} has no material`))
          : makeTrade(name, trade, held, context),
    });
  }
  let refused: string | undefined;
  return {
    name,
    ...(timeoutMs !== undefined && { timeoutMs }),
    async resolve(context) {
      const login = await readMaterial(material, context);
      if ("outcome" in login) return login;
      if (login.reveal() === refused) throw refusedBefore(context.provider ?? name, login.source);
      try {
        const result = await makeTrade(name, trade, login, context);
        if (result.outcome === "found" && result.revealNext !== undefined)
          throw failed(
            `${name} was given something new in place of what came from ${login.source}, and has no store to keep it in`,
            "Pass exchange a store, as in store: fileStore(path).",
          );
        return result;
      } catch (error) {
        if (isTerminal(error)) refused = login.reveal();
        throw error;
      }
    },
  };
}

function checked(given: ExchangeOptions): ExchangeOptions {
  const options = ownProperties(given);
  if (typeof options.name !== "string" || options.name.trim() === "")
    throw failed("an exchange has no name", "Give exchange a name.");
  if (typeof options.material?.resolve !== "function")
    throw failed(`${options.name} has no material`, "Give exchange a token source as material.");
  if (typeof options.trade !== "function")
    throw failed(`${options.name} has no trade`, "Give exchange a function as trade.");
  return options;
}

/** What a source has, as a token that cannot be printed. Not one for a header: a key may have several lines. */
async function readMaterial(source: TokenSource, context: SourceContext): Promise<Token | Unavailable> {
  const limit = ownProperties(source).timeoutMs ?? 10_000;
  const result = ownProperties(
    await withTimeLimit((signal) => source.resolve({ ...context, signal }), limit, context.signal),
  );
  if (result.outcome !== "found") return unavailable(result.reason, result.remedy);
  const text: unknown = result.reveal();
  const name = result.source ?? source.name;
  if (typeof text !== "string")
    throw failed(`${name} answered with something that is no text`, "Return found(text).");
  return text.trim() === ""
    ? unavailable(`${name} is blank`)
    : createToken(text.trim(), name, result.expiresAt);
}
