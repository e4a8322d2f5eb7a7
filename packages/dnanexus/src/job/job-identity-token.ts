import {
  type Auth,
  defineProvider,
  found,
  type Identity,
  isAuthError,
  ownProperties,
  type Token,
  type TokenOptions,
  type TokenSource,
  unavailable,
  type Unavailable,
} from "@auth/core";

import { decodeIdentityToken } from "../identity/identity-token.ts";
import { jobEnvironment } from "./job-environment.ts";
import { settingsOf } from "../auth-settings.ts";

/** Options of {@link jobIdentityToken}. */
export interface JobIdentityTokenOptions {
  /** For whom the token is: `sts.amazonaws.com`. For AWS only letters, digits, `.`, `_` and `-`. */
  readonly audience: string;
  /**
   * Names of claims that make up the token's subject, in this order: `["project_id", "launched_by"]`. Empty counts as not
   * given; then DNAnexus chooses.
   */
  readonly subjectClaims?: readonly string[] | undefined;
  /** `job-…`. Default: the job that the auth's environment, or the saved login that its token comes from, belongs to. */
  readonly job?: string | undefined;
  /** For one request, retries included. Milliseconds. Default: 20,000. */
  readonly timeoutMs?: number | undefined;
  /** The clock. Milliseconds since the epoch. Default: the auth's. */
  readonly now?: (() => number) | undefined;
}

/**
 * The identity tokens of a job, one after the other: a token source, to be passed as the option `token` of any provider,
 * and something that can be asked by itself.
 */
export interface JobIdentityToken extends TokenSource {
  /** The id of the job that they speak for, `job-…`; `undefined` outside a job. */
  job(): string | undefined;
  /**
   * The current token: asked for once for all who wait, held, and refreshed ahead of its five minutes. `refresh` asks for
   * another one, whatever is held.
   *
   * @throws {AuthError} `AUTH_TOKEN_NOT_FOUND` outside a job; `AUTH_PROVIDER_INVALID` when DNAnexus does not know the job or
   * takes neither the audience nor the claims; `AUTH_PERMISSION_DENIED` when the auth's token is not the job's own;
   * otherwise as `verify`.
   */
  token(options?: TokenOptions): Promise<Token>;
}

/** A token of which nobody can tell when it ends is used as long as DNAnexus's own programs use one. Milliseconds. */
const presumedLifeMs = 240_000;
/** For finding the auth's own token. Milliseconds. */
const searchMs = 10_000;

/**
 * Tokens with which a job proves to others, such as a cloud, which job it is. They are asked for with the job's own token,
 * and live for about five minutes. Nothing is read or sent before the first use.
 *
 * @see https://documentation.dnanexus.com/developer/apps/job-identity-tokens (read 2026-11)
 */
export function jobIdentityToken(auth: Auth, options: JobIdentityTokenOptions): JobIdentityToken {
  const given = ownProperties(options);
  const { audience, timeoutMs = 20_000 } = given;
  const subjectClaims = [...(given.subjectClaims ?? [])];
  const {
    env,
    job: jobOfAuth,
    fetch,
    now = Date.now,
  } = { ...settingsOf(auth), ...(given.now && { now: given.now }) };
  const job = (): string | undefined =>
    given.job ?? (jobOfAuth === undefined ? jobEnvironment(env) : jobOfAuth())?.id;

  const source: TokenSource = {
    name: `job identity token for ${audience}`,
    timeoutMs: timeoutMs + searchMs,
    async resolve({ signal }) {
      const id = job();
      if (id === undefined) return notInJob();
      const { requestIdentityToken } = await import("./job-identity-request.ts");
      const request = { auth, job: id, audience, subjectClaims, timeoutMs, fetch, now, signal };
      const identityToken = await requestIdentityToken(request);
      return found(identityToken, { expiresAt: expiryOf(identityToken) ?? now() + presumedLifeMs });
    },
  };
  const holder = holderOf(source)({ env: {}, now, timeoutMs: timeoutMs + searchMs });

  return {
    ...source,
    job,
    token: (asked) => holder.token(asked).catch(rethrow),
  };
}

function notInJob(): Unavailable {
  return unavailable(
    "this is not a job, since DX_JOB_ID is not set",
    "Run this in a DNAnexus job, or pass the option job together with that job's own token.",
  );
}

/** An auth that sends nothing: what holds any other token, and refreshes it, does it for this one. */
function holderOf(source: TokenSource): (options: object) => Auth {
  return defineProvider<object, Identity>({
    specVersion: 1,
    id: "dnanexus",
    name: "DNAnexus",
    setup: () => ({
      baseUrl: "https://job-oidc.dnanexus.com",
      sources: [source],
      verify: { path: "/", identify: () => undefined },
    }),
  });
}

// There is one source only: what it threw says more than that a source failed.
function rethrow(error: unknown): never {
  throw isAuthError(error, "AUTH_TOKEN_SOURCE_FAILED") && isAuthError(error.cause) ? error.cause : error;
}

// The program hands the token on, and needs no more of it than its end.
function expiryOf(identityToken: string): number | undefined {
  try {
    return decodeIdentityToken(identityToken).expiresAt;
  } catch {
    return undefined;
  }
}
