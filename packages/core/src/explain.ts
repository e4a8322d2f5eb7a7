import type { AuthState } from "./auth-state.ts";
import { type AuthErrorCode, isAuthError } from "./errors.ts";
import type { Identity } from "./identity.ts";
import { printable, safeMessage } from "./untrusted/safe-message.ts";
import type { CheckedSetup } from "./provider/setup.ts";
import type { SourceAttempt } from "./sources/attempt.ts";
import type { Token } from "./token/token.ts";
import { expandSources } from "./sources/expand.ts";
import { otherTokens } from "./sources/other-tokens.ts";

/** How an auth came to its token, or why it has none. JSON-safe; holds no secret. */
export interface Explanation<I extends Identity = Identity> {
  /** Id of the provider. */
  readonly provider: string;
  /** Absent where the options are so broken that there is none. */
  readonly baseUrl?: string;
  readonly origins: readonly string[];
  /** Those of the origins that the option `alsoOrigins` added. Absent where there are none. */
  readonly alsoOrigins?: readonly string[];
  /** Fixed headers that are sent with the token, by name. Absent where there are none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `found`: a token, not verified. `failed`: see `error`. */
  readonly outcome: "found" | "verified" | "failed";
  /** One for each source, in order. */
  readonly attempts: readonly SourceAttempt[];
  readonly warnings: readonly string[];
  /** Where `verify` was asked for and the service accepted the token. */
  readonly identity?: I;
  readonly error?: ExplainedError;
}

/** An `AuthError` as data. */
export interface ExplainedError {
  readonly code: AuthErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly status?: number;
  readonly requestId?: string;
  readonly retryAfterMs?: number;
}

/** What explaining takes of an auth. */
export interface Explainable<I extends Identity> {
  readonly id: string;
  readonly use: () => AuthState<I>;
  readonly verify: () => Promise<{ readonly identity: I }>;
}

export async function explain<I extends Identity>(
  subject: Explainable<I>,
  options: { readonly verify?: boolean | undefined },
): Promise<Explanation<I>> {
  const told: Mutable<Explanation<I>> = {
    provider: subject.id,
    origins: [],
    outcome: "failed",
    attempts: [],
    warnings: [],
  };
  try {
    const { setup, context, holder } = subject.use();
    told.baseUrl = setup.baseUrl;
    told.origins = setup.origins;
    if (setup.alsoOrigins.length > 0) told.alsoOrigins = setup.alsoOrigins;
    if (setup.headers !== undefined) told.headers = { ...setup.headers };
    told.warnings = warningsOf(setup);
    const { token, attempts, beside } = await holder.get();
    if (beside !== undefined)
      told.headers = Object.fromEntries(beside.map(({ name, value }) => [name, value]));
    const failure = holder.failure();
    told.attempts = attempts;
    told.warnings = [...told.warnings, ...oddities(attempts)];
    if (failure !== undefined) told.warnings = [...told.warnings, renewalFailed(token, failure)];
    told.warnings = [
      ...told.warnings,
      ...(await otherTokens(setup.sources, attempts, token, context)).map(
        (name) => `${name} holds another token, which is not used: ${token.source} comes first.`,
      ),
    ];
    told.outcome = "found";
    if (options.verify === true) {
      told.identity = (await subject.verify()).identity;
      told.outcome = "verified";
    }
  } catch (error) {
    told.outcome = "failed";
    told.error = errorAsData(error);
    if (isAuthError(error) && error.attempts !== undefined) told.attempts = error.attempts;
  }
  // A setup can fail and still say which source it was about.
  told.attempts = await withDetails(told.attempts, subject).catch(() => told.attempts);
  return told;
}

/** With what the sources that were asked have to say of themselves now. */
async function withDetails<I extends Identity>(
  attempts: readonly SourceAttempt[],
  subject: Explainable<I>,
): Promise<readonly SourceAttempt[]> {
  if (attempts.every(({ outcome }) => outcome === "not tried")) return attempts;
  const { setup, context } = subject.use();
  const sources = expandSources(setup.sources);
  return Promise.all(
    attempts.map(async (tried, index) => {
      const source = sources[index];
      if (tried.outcome === "not tried" || typeof source?.explain !== "function") return tried;
      try {
        const { signal } = new AbortController();
        const detail = await source.explain({ ...context, reason: "initial", signal });
        return detail === undefined ? tried : { ...tried, detail: printable(detail) };
      } catch {
        // What cannot be told is left out: why it failed stands in the error.
        return tried;
      }
    }),
  );
}

function warningsOf({ warnings = [] }: Pick<CheckedSetup<Identity>, "warnings">): readonly string[] {
  return typeof warnings === "function" ? warnings() : warnings;
}

/** What is odd about the token that is used. */
function oddities(attempts: readonly SourceAttempt[]): string[] {
  return attempts.flatMap(({ outcome, reason }) =>
    outcome === "used" && reason !== undefined ? [reason] : [],
  );
}

function renewalFailed({ expiresAt }: Token, failure: unknown): string {
  const until = expiresAt === undefined ? "" : ` until ${new Date(expiresAt).toISOString()}`;
  return `The token is good${until}, and renewing it failed: ${errorAsData(failure).message}`;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function errorAsData(error: unknown): ExplainedError {
  if (!isAuthError(error)) {
    const remedy = "Report this as a defect of the provider package.";
    return { code: "AUTH_PROVIDER_INVALID", message: safeMessage(error), remedy };
  }
  const { code, message, remedy, status, requestId, retryAfterMs } = error;
  return {
    code,
    message,
    remedy,
    ...(status !== undefined && { status }),
    ...(requestId !== undefined && { requestId }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}
