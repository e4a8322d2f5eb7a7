import type { AuthOptions, Identity, Provider, Verification } from "@auth/core";
import type { LoginPlace, LoginStore } from "@auth/core/logins";

import type { Ask } from "./ask.ts";
import type { CommandOption, Logins, LogoutResult } from "./provider-command.ts";

/** The options by which a provider is told of a saved login. */
export interface SavedLoginOptions {
  readonly login?: string | true | undefined;
  readonly store?: LoginStore | undefined;
}

/** Where a saved login is, on the command line. */
export const savedLoginOptions = [
  {
    flags: "--login [name]",
    description: "a saved login, after the variables; without a name, the one without",
    apply: (name: string | true) => ({ login: name }),
  },
  {
    flags: "--login-file <path>",
    description: "the file in which logins are kept, in place of the keychain",
    apply: (file: string | true) => ({ store: { file: String(file) } }),
  },
] satisfies readonly CommandOption<SavedLoginOptions>[];

/** A provider whose login is one token that a person has, kept under a name. */
export interface TokenLogins<Options extends SavedLoginOptions, I extends Identity> {
  readonly provider: Provider<Options, I>;
  /** The provider's own. It gets the provider's options too. */
  login(options: LoginPlace & Pick<AuthOptions, "token">): Promise<Verification<I>>;
  readonly logout: (place: LoginPlace) => Promise<boolean>;
  /** What token it is, for the list of ways to log in. */
  readonly title: string;
  /** What a person is asked for: `API token`. */
  readonly question: string;
  /** How a person gets one, in a sentence; `tokenUrl` is the provider's page. */
  readonly howTo?: (tokenUrl: string) => string;
  /** Asks for what the provider cannot do without. */
  readonly complete?: (ask: Ask, options: Options & AuthOptions) => Promise<Partial<Options>>;
  /** What becomes of the token after the logout, in a sentence. */
  readonly afterLogout: string;
}

/** `login` and `logout` of such a provider. */
export function tokenLogins<Options extends SavedLoginOptions, I extends Identity>({
  provider,
  login,
  logout,
  title,
  question,
  howTo,
  complete,
  afterLogout,
}: TokenLogins<Options, I>): Logins<Options, I> {
  return {
    ways: [
      {
        id: "token",
        title,
        async run(ask, given) {
          const options = { ...given, ...(await complete?.(ask, given)) };
          const { id, name, tokenUrl } = provider(options).provider;
          if (howTo !== undefined && tokenUrl !== undefined) ask.say(howTo(tokenUrl));
          const token = await ask.secret(question);
          const { login: place, ...others } = options;
          const asked = login({ ...others, ...named(place), token });
          const verification = await ask.waiting(`Asking ${name}`, asked);
          const call = `${id}({ login: ${JSON.stringify(place ?? true)} })`;
          return { verification, kept: `A program uses it with ${call}.` };
        },
      },
    ],
    async logout({ login: place, store }): Promise<LogoutResult> {
      const found = await logout({ ...named(place), ...(store !== undefined && { store }) });
      const message = found ? `The saved login is deleted. ${afterLogout}` : "There is no saved login.";
      return { found, message };
    },
  };
}

/** A login without a name is the one that `true` stands for. */
function named(login: SavedLoginOptions["login"]): { readonly name?: string } {
  return typeof login === "string" ? { name: login } : {};
}
