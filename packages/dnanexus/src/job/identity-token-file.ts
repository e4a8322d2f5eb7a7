import { AuthError, isAuthError, ownProperties, type Token } from "@auth/core";
import { expandHome, withFileLock } from "@auth/core/files";

import { awsSessionName } from "./aws-web-identity.ts";
import type { JobIdentityToken } from "./job-identity-token.ts";
import { resolve } from "../platform.ts";

/** Options of `writeIdentityTokenFile`. */
export interface IdentityTokenFileOptions {
  /** The AWS role to take on. Default: none; then `env` has the file alone. */
  readonly roleArn?: string | undefined;
  /** Default: `dnanexus_` and the job's id. */
  readonly roleSessionName?: string | undefined;
  /** Ends the refreshing, as `close` does. */
  readonly signal?: AbortSignal | undefined;
  /** Is told why a refresh failed. The file stays as it is, and the next try comes after 5 s, later after a minute. */
  readonly onError?: ((error: AuthError) => void) | undefined;
  /** The clock. Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** A file that holds the current identity token until it is closed. */
export interface IdentityTokenFile {
  /** Absolute. */
  readonly path: string;
  /** Variables for a child process: `AWS_WEB_IDENTITY_TOKEN_FILE` and, with a role, `AWS_ROLE_ARN` and `AWS_ROLE_SESSION_NAME`. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends the refreshing. The file stays, with a token that ends by itself within minutes. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Resolves after a time in milliseconds, or rejects when the signal is aborted. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<unknown>;

/** `writeIdentityTokenFile` with waiting that is the caller's. */
export async function keepIdentityTokenFile(
  identity: JobIdentityToken,
  givenPath: string,
  given: IdentityTokenFileOptions,
  wait: Wait,
): Promise<IdentityTokenFile> {
  const { roleArn, roleSessionName, signal, onError, now = Date.now } = ownProperties(given);
  const path = resolve(expandHome(givenPath));
  const stop = new AbortController();
  const stopped = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);

  const first = await identity.token({ signal });
  await write(path, first, signal);
  const refreshing = keepFresh(first);

  async function keepFresh(token: Token): Promise<void> {
    let pauseMs = untilRefresh(token, now());
    for (let failures = 0; await elapsed(wait(pauseMs, stopped), stopped);) {
      try {
        const next = await identity.token({ signal: stopped, refresh: true });
        stopped.throwIfAborted();
        await write(path, next, stopped);
        failures = 0;
        pauseMs = untilRefresh(next, now());
      } catch (error) {
        if (stopped.aborted) return;
        pauseMs = Math.min(firstPauseMs * 2 ** failures++, longestPauseMs);
        report(onError, error);
      }
    }
  }

  const close = async (): Promise<void> => {
    stop.abort();
    await refreshing;
  };
  return {
    path,
    env: {
      AWS_WEB_IDENTITY_TOKEN_FILE: path,
      ...(roleArn !== undefined && {
        AWS_ROLE_ARN: roleArn,
        AWS_ROLE_SESSION_NAME: roleSessionName ?? awsSessionName(identity),
      }),
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** First and longest pause after a failed refresh. Milliseconds. */
const firstPauseMs = 5_000;
const longestPauseMs = 60_000;
/** No token is asked for more often than this, however short its life. Milliseconds. */
const shortestPauseMs = 1_000;

function untilRefresh({ expiresAt = 0 }: Token, now: number): number {
  return Math.min(Math.max((expiresAt - now) * 0.8, shortestPauseMs), 2_147_483_647);
}

async function write(path: string, token: Token, signal: AbortSignal | undefined): Promise<void> {
  try {
    await withFileLock(path, (lock) => lock.replace(path, token.reveal()), { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw new AuthError("AUTH_PROVIDER_INVALID", {
      provider: "dnanexus",
      message: `The identity token was not saved: ${error instanceof Error ? error.message : "no reason given"}.`,
      remedy: "Name a file in a directory that exists and that the user of this program may write to.",
    });
  }
}

/** Whether the time has passed, and not the signal ended it. */
async function elapsed(waiting: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  await waiting.catch(() => undefined);
  return !signal.aborted;
}

// What the caller's code throws must not end the refreshing.
function report(onError: IdentityTokenFileOptions["onError"], error: unknown): void {
  if (!isAuthError(error)) return;
  try {
    onError?.(error);
  } catch {
    return;
  }
}
