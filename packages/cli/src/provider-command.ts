import type { Auth, AuthOptions, Identity, Provider, Verification } from "@auth/core";

import type { Ask } from "./ask.ts";
import type { Flag } from "./flag.ts";
import type { Protocol } from "./protocols/protocol.ts";

/** What the command of a provider is made of. Everything else is the same for all providers. */
export interface ProviderCommand<Options extends object = object, I extends Identity = Identity> {
  readonly provider: Provider<Options, I>;
  /** The variable in which a program expects the token, for `exec` and for remedies: `ACME_TOKEN`. */
  readonly variable: string;
  /** All variables in which the provider looks for a token. Default: `variable`. */
  readonly variables?: readonly string[];
  /** What `exec` sets instead of the variable alone, where a program needs more than the bare token. */
  readonly environment?: (token: string, auth: Auth<I>) => Readonly<Record<string, string>>;
  /** The provider's own options that matter at a shell. `--base-url` and `--timeout` are there for every provider. */
  readonly options?: readonly CommandOption<Options>[];
  /** How to log in and out. Without it, `login` and `logout` give the `elsewhere` sentence. */
  readonly logins?: Logins<Options, I>;
  /** For a service whose login belongs to another tool: what to do, in one imperative sentence. */
  readonly elsewhere?: string;
  /** Where the token serves as a git password. */
  readonly git?: GitPassword;
  /** Protocols of `helper` that only this provider speaks, by name. */
  readonly helpers?: Readonly<Record<string, Protocol<I>>>;
  /** Starts the provider's fake service. */
  readonly fake: FakeService;
}

/** An option of the command line that stands for options of the provider. */
export interface CommandOption<Options extends object = object> extends Flag {
  /** The options of the provider that a value stands for. A flag without a value is `true`. */
  readonly apply: (value: string | true) => Partial<Options>;
}

/** The logins of a provider. */
export interface Logins<Options extends object, I extends Identity> {
  /** The ways to log in, the usual one first. A person is asked which; `--with` says it. */
  readonly ways: readonly LoginWay<Options, I>[];
  readonly logout: (options: Options & AuthOptions, typed: TypedFlags) => Promise<LogoutResult>;
  /** More options of `logout`. */
  readonly logoutFlags?: readonly Flag[];
}

/** One way to log in. */
export interface LoginWay<Options extends object, I extends Identity> {
  /** For `--with`: `token`, `password`. */
  readonly id: string;
  /** For the list that a person chooses from. */
  readonly title: string;
  /** More options of `login` in this way. */
  readonly flags?: readonly Flag[];
  /** Asks for what it needs, and logs in. Nothing may be kept before all is asked. */
  readonly run: (ask: Ask, options: Options & AuthOptions, typed: TypedFlags) => Promise<LoginResult<I>>;
}

/** The values of flags, by their long name in camel case. `true` for one without a value. */
export type TypedFlags = Readonly<Record<string, string | true | undefined>>;

/** What came of a login. */
export interface LoginResult<I extends Identity> {
  readonly verification: Verification<I>;
  /** Where the login is now, and how a program uses it. Whole sentences. */
  readonly kept: string;
}

/** What came of a logout. */
export interface LogoutResult {
  /** Whether there was a login. */
  readonly found: boolean;
  /** What happened, in whole sentences. */
  readonly message: string;
}

/** The hosts that take the token as a git password (by Basic, which git makes of it), and the user name beside it. */
export interface GitPassword {
  readonly hosts: readonly string[];
  readonly username: string;
  /** The API's origin that the hosts belong to: the token of an auth for another one is no password for them. Default: any. */
  readonly origin?: string;
}

/** The fake service of a provider. */
export interface FakeService {
  /** What `--script` may name: `GET /me`, `/system/whoami`. */
  readonly operations: readonly string[];
  readonly start: () => Promise<StartedFake>;
}

/** A fake service that runs. */
export interface StartedFake {
  readonly url: string;
  /** The variables that lead a program to it, a token that it knows among them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Requests so far. */
  readonly requests: readonly { readonly method: string; readonly path: string }[];
  /** Answers the next requests for an operation in another way. */
  readonly script: (operation: string, answer: object) => void;
  readonly close: () => Promise<void>;
}
