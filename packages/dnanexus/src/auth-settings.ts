import {
  type Auth,
  type AuthOptions,
  type Environment,
  type Identity,
  ownProperties,
  type Provider,
} from "@auth/core";

import type { JobEnvironment } from "./job/job-environment.ts";

/** What an auth was made with that its own interface does not tell. */
export interface AuthSettings {
  readonly env?: Environment | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly now?: (() => number) | undefined;
  /** The job that the program runs in, looked for at the call. */
  readonly job?: (() => JobEnvironment | undefined) | undefined;
}

// Registered globally, so that an auth of another installed copy is understood.
const settings = Symbol.for("auth-providers.dnanexus.settings");

/** The same provider, whose auths keep what {@link settingsOf} tells. Printing them shows none of it. */
export function keepingSettings<Options extends object, I extends Identity>(
  provider: Provider<Options, I>,
  tell: (options: Options & AuthOptions) => AuthSettings,
): Provider<Options, I> {
  const factory = (options?: Options & AuthOptions): Auth<I> => {
    const given = ownProperties<Options & AuthOptions>(options);
    return Object.defineProperty(provider(options), settings, { get: () => tell(given) });
  };
  return Object.defineProperties(factory, Object.getOwnPropertyDescriptors(provider)) as Provider<Options, I>;
}

/** Nothing for an auth of another provider. */
export function settingsOf(auth: Auth): AuthSettings {
  return (auth as { readonly [settings]?: AuthSettings })[settings] ?? {};
}
