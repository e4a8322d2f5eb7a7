import { own } from "../own.ts";
import { withTimeLimit } from "../time-limit.ts";
import { AuthError } from "../errors.ts";
import {
  broken,
  type SourceContext,
  type TokenSource,
  type Unavailable,
  unavailable,
} from "../token-source.ts";
import { createToken, type Token } from "../token.ts";
import { isTerminal, loginAgain, makeTrade, type Trade } from "./trade.ts";

/** What {@link exchange} is made of. */
export interface ExchangeOptions {
  /** For people: `GitHub App`. It is the name of the source. */
  readonly name: string;
  /** The source of something long-lived: a refresh token, a client's secret, a private key. */
  readonly material: TokenSource;
  /** Asks the service for a token. */
  readonly trade: Trade;
  /** How long one trade may take, `material` included. Milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
}

/**
 * A source that trades something long-lived for a token each time it is asked: when there is none yet, shortly before it
 * expires, and when the service refuses it. The material is never sent anywhere but by `trade`.
 *
 * A service that hands out new material with each token (a refresh token that rotates) needs somewhere to keep it: `next`
 * without a `store` is a failed source.
 */
export function exchange(given: ExchangeOptions): TokenSource {
  const { name, material, trade, timeoutMs } = checked(given);
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
          throw broken(
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
  const options = own(given);
  if (typeof options.name !== "string" || options.name.trim() === "")
    throw broken("an exchange has no name", "Give exchange a name.");
  if (typeof options.material?.resolve !== "function")
    throw broken(`${options.name} has no material`, "Give exchange a token source as material.");
  if (typeof options.trade !== "function")
    throw broken(`${options.name} has no trade`, "Give exchange a function as trade.");
  return options;
}

/** What a source has, as a token that cannot be printed. Not one for a header: a key may have several lines. */
export async function readMaterial(
  source: TokenSource,
  context: SourceContext,
): Promise<Token | Unavailable> {
  const limit = own(source).timeoutMs ?? 10_000;
  const result = own(
    await withTimeLimit((signal) => source.resolve({ ...context, signal }), limit, context.signal),
  );
  if (result.outcome !== "found") return unavailable(result.reason, result.remedy);
  const text: unknown = result.reveal();
  const name = result.source ?? source.name;
  if (typeof text !== "string")
    throw broken(`${name} answered with something that is no text`, "Return found(text).");
  return text.trim() === ""
    ? unavailable(`${name} is blank`)
    : createToken(text.trim(), name, result.expiresAt);
}

export function refusedBefore(provider: string, source: string): AuthError {
  return new AuthError("AUTH_LOGIN_FAILED", {
    provider,
    message: `The service has refused what came from ${source}, and it is still the same.`,
    remedy: loginAgain(source),
  });
}
