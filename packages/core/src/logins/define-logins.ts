import type { AuthOptions } from "../auth-options.ts";
import type { Auth } from "../auth.ts";
import { AuthError, isAuthError } from "../errors.ts";
import { ownField } from "../untrusted/own-field.ts";
import type { Identity } from "../identity.ts";
import { ownProperties } from "../untrusted/own-properties.ts";
import { defineProvider } from "../define-provider.ts";
import type { ProviderDefinition } from "../provider/definition.ts";
import { found, isFailed } from "../sources/source.ts";
import type { Verification } from "../verify.ts";
import type { LoginPlace, LoginSlot } from "./login-slot.ts";
import type { SavedLogins } from "./saved-logins.ts";

/** Options of a provider's `login`, beside its own and those of every provider. */
export interface LoginOptions extends AuthOptions, LoginPlace {
  /** The token to keep. The provider's own places are not looked at. */
  readonly token: AuthOptions["token"];
  readonly signal?: AbortSignal | undefined;
}

/** How somebody logs in to a service with a token that they have. */
export interface LoginsScheme<Options extends object, I extends Identity, Facts extends object> {
  readonly definition: ProviderDefinition<Options, I>;
  readonly logins: SavedLogins<Facts>;
  /** What is kept beside the token, and told by `savedLogin`. Nothing secret. */
  readonly factsOf: (identity: I, auth: Auth<I>, options: Options) => Facts;
}

/** The three functions of a provider whose logins are kept on the machine. */
export interface Logins<Options extends object, I extends Identity, Facts extends object> {
  /**
   * Asks the service whose token it is and then keeps it, under a name, in the keychain or a file. It takes the place of an earlier
   * login of that name. A token that the service does not accept is not kept. Gives what `verify` gives.
   *
   * @throws {AuthError} whatever `verify` throws; `AUTH_LOGIN_FAILED` where the token is good and could not be kept, or where the
   * name or the store cannot be used. The signal's reason where it was aborted.
   */
  login(options: Options & LoginOptions): Promise<Verification<I>>;
  /**
   * Deletes a saved login, and resolves to whether there was one. The token stays valid.
   *
   * @throws {AuthError} `AUTH_LOGIN_FAILED` where the keychain or the file cannot be used.
   */
  logout(place?: LoginPlace): Promise<boolean>;
  /**
   * What is known of a saved login; `undefined` where there is none.
   *
   * @throws {AuthError} `AUTH_LOGIN_FAILED` where the keychain or the file cannot be used.
   */
  savedLogin(place?: LoginPlace): Promise<(Facts & { readonly name: string }) | undefined>;
}

/** Makes a provider's `login`, `logout` and `savedLogin`. */
export function defineLogins<Options extends object, I extends Identity, Facts extends object>({
  definition,
  logins,
  factsOf,
}: LoginsScheme<Options, I, Facts>): Logins<Options, I, Facts> {
  /** As the provider, for the given token and no other. */
  const givenOnly = defineProvider({
    ...definition,
    setup: (options: Readonly<Options>, context) => ({ ...definition.setup(options, context), sources: [] }),
  });

  const slotAt = (place: LoginPlace): Promise<LoginSlot> =>
    keeping("No login can be kept there", undefined, () => logins.open(ownProperties(place)));

  async function keeping<T>(
    problem: string,
    signal: AbortSignal | undefined,
    task: () => Promise<T>,
  ): Promise<T> {
    try {
      return await task();
    } catch (error) {
      signal?.throwIfAborted();
      throw isAuthError(error) ? error : failed(definition.id, problem, error);
    }
  }

  return {
    async login(given) {
      const { name, store, signal, ...options } = ownProperties(given);
      const slot = await slotAt({ name, store });
      const forProvider = options as unknown as Options & AuthOptions;
      // Loaded once: what is kept has to be what was verified.
      const token = await givenOnly(forProvider).token({ signal });
      const held = { name: token.source, resolve: () => found(token.reveal()) };
      const auth = givenOnly({ ...forProvider, token: held });
      const verification = await auth.verify({ signal });
      const record = { token: token.reveal(), ...factsOf(verification.identity, auth, forProvider) };
      await keeping("The token is good, and could not be kept", signal, () => slot.save(record, signal));
      return verification;
    },
    async logout(place = {}) {
      const slot = await slotAt(place);
      return keeping("The saved login could not be deleted", undefined, () => slot.delete());
    },
    async savedLogin(place = {}) {
      const slot = await slotAt(place);
      const kept = await keeping("The saved login could not be read", undefined, () => logins.read(slot));
      if (kept === undefined) return undefined;
      const { token: _, ...facts } = kept;
      return { ...(facts as unknown as Facts), name: slot.name };
    },
  };
}

/** Only our own words are quoted, and the system's code: anything else could hold the token. */
function failed(provider: string, problem: string, error: unknown): AuthError {
  const code = ownField(error, "code");
  const system = typeof code === "string" && /^[A-Z][A-Z0-9_]{1,30}$/.test(code) ? code : "no reason given";
  const known = isFailed(error);
  return new AuthError("AUTH_LOGIN_FAILED", {
    provider,
    message: `${problem}: ${known ? error.message : system}.`,
    remedy: known ? error.remedy : "Name a file in a folder of your own, or use the keychain.",
  });
}
