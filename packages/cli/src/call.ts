import type { Auth, AuthOptions } from "@auth/core";

import type { ProviderCommand } from "./provider-command.ts";

/** One call of a command: whose it is, and what was typed. */
export interface Call {
  readonly command: ProviderCommand;
  /** The provider's options that were typed. */
  readonly options: AuthOptions;
  readonly auth: Auth;
  /** Whether a program reads the answer. */
  readonly json: boolean;
}

/** Carries a command out. Gives the exit code. */
export type Run = (call: Call, typed: Typed) => Promise<number>;

/** What was typed behind a command. */
interface Typed {
  /** By the long name of the option, in camel case. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly operands: readonly string[];
}
