import type { Auth, Environment, Identity } from "@auth/core";

/** What another tool has asked. */
export interface ProtocolCall<I extends Identity = Identity> {
  readonly auth: Auth<I>;
  readonly env: Environment;
  /** What was typed behind the protocol's name. */
  readonly operands: readonly string[];
  /** What stands before a bare token. */
  readonly prefix: string;
  /** Reads standard input, up to a limit. */
  readonly input: () => Promise<string>;
}

/** A failure that the protocol has a form for. */
export interface ProtocolFailure {
  readonly text: string;
  readonly exitCode: number;
}

/**
 * Answers another tool in its own protocol: what to print. `undefined`: what was asked for is not the provider's, and the
 * protocol has no way of saying nothing but to fail. A URL or host that is not the provider's gets nothing.
 */
export type Protocol<I extends Identity = Identity> = (
  call: ProtocolCall<I>,
) => Promise<string | ProtocolFailure | undefined>;
