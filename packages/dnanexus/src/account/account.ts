import {
  type Auth,
  AuthError,
  type AuthErrorCode,
  failed,
  type Environment,
  isFailed,
  type TokenSource,
} from "@auth/core";

import { apiServer } from "../config/api-server.ts";
import type { ConfigLayer } from "../config/config-layer.ts";
import { configPlaces, type Machine } from "../config/config-places.ts";
import { serverMismatchWarning } from "../config/config-warnings.ts";
import type { TokenVariable } from "../config/environment-place.ts";
import { dnanexus, dnanexusAsSeen, type DNAnexusIdentity } from "../dnanexus.ts";
import { authServer } from "./auth-server.ts";
import { checkSave, type ConfigChanges, type SaveDirectories, saveConfig } from "./save-config.ts";
import { process } from "../platform.ts";

/** Options of everything that makes or ends a login. */
export interface AccountOptions {
  /** Address of the auth server. Default: the one that belongs to the API server, where that is known. */
  readonly authUrl?: string | undefined;
  /** Address of the API server. Default: as for `dnanexus()`. */
  readonly baseUrl?: string | undefined;
  /** Environment variables. Default: the process's. */
  readonly env?: Environment | undefined;
  /** What sends the requests. Default: the platform's `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** For each request, its retries included. Milliseconds. Default: 30,000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether the login of this terminal counts, and is written, beside the user's. Default: `true`. */
  readonly sessions?: boolean | undefined;
  /** Lets plain http beyond this machine have the password and the token. Anyone on the way can read them then. */
  readonly allowInsecureHttp?: boolean | undefined;
  /** The clock. Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** An account as one look at the machine showed it: nothing of it changes between the password and the save. */
export interface Account {
  readonly options: AccountOptions;
  readonly env: Environment;
  readonly layers: readonly ConfigLayer[];
  /** Address of the API server. */
  readonly baseUrl: string;
  /** An auth for that server, with a token that is given, else the one that is found. */
  readonly authWith: (token?: TokenSource) => Auth<DNAnexusIdentity>;
}

/** Looks at the machine. Throws what the first use of `dnanexus()` throws. */
export function openAccount(
  options: AccountOptions & { readonly alsoRead?: readonly TokenVariable[] | undefined },
  machine: Machine,
): Account {
  const {
    baseUrl,
    env = process.env,
    fetch,
    timeoutMs,
    sessions,
    allowInsecureHttp,
    now,
    alsoRead,
  } = options;
  const layers = configPlaces(env, machine, { sessions, alsoRead }).map((place) => place.read());
  const provider = dnanexusAsSeen(layers);
  const authWith = (token?: TokenSource): Auth<DNAnexusIdentity> =>
    provider({ baseUrl, env, fetch, timeoutMs, sessions, allowInsecureHttp, now, alsoRead, token });
  return { options, env, layers, baseUrl: authWith().baseUrl, authWith };
}

/** The origin of the auth server. */
export function authOrigin({ options, env, baseUrl }: Account): string {
  const { authUrl, allowInsecureHttp } = options;
  return explained("AUTH_PROVIDER_INVALID", () => authServer({ authUrl, baseUrl, env, allowInsecureHttp }));
}

/** Warns where another place names the server than the one that the token comes from. The program's own option names none. */
export function serverWarnings(
  { options, layers }: Account,
  token: string,
  from: ConfigLayer | undefined,
): readonly string[] {
  if (options.baseUrl !== undefined || from === undefined) return [];
  return serverMismatchWarning(apiServer(layers), { name: token, place: from.place }, layers);
}

/** Where a login is saved. Throws where it cannot be: better before the password is sent. */
export function saveDirectories({ layers }: Account): SaveDirectories {
  return explained("AUTH_TOKEN_SOURCE_FAILED", () => {
    const user = layers.find(({ place }) => place.kind === "user");
    const session = layers.find(({ place }) => place.kind === "session");
    if (user?.place.directory === undefined)
      throw failed("there is nowhere to save, since HOME is not set", "Set HOME or DX_USER_CONF_DIR.");
    const directories = { user: user.place.directory, session: session?.place.directory };
    return checkSave(directories, [user, ...(session === undefined ? [] : [session])]);
  });
}

/** {@link saveConfig} with its failures as `AuthError`. */
export function save(
  directories: SaveDirectories,
  changes: ConfigChanges,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  return withSaveErrors(() => saveConfig(directories, changes, signal), signal);
}

/** Whatever fails as the saved login changes is an `AuthError`, or the signal's own reason. */
export async function withSaveErrors<T>(
  change: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  try {
    return await change();
  } catch (error) {
    signal?.throwIfAborted();
    throw explain("AUTH_TOKEN_SOURCE_FAILED", error);
  }
}

/** An option that breaks a rule. The reason is a clause that quotes no value. */
export function invalid(reason: string, remedy: string): AuthError {
  return new AuthError("AUTH_PROVIDER_INVALID", {
    provider: dnanexus.id,
    message: `This cannot be used: ${reason}.`,
    remedy,
  });
}

function explained<T>(code: AuthErrorCode, use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw explain(code, error);
  }
}

function explain(code: AuthErrorCode, error: unknown): unknown {
  if (!isFailed(error)) return error;
  const message = code === "AUTH_PROVIDER_INVALID" ? "This cannot be used" : "The login cannot be saved";
  return new AuthError(code, {
    provider: dnanexus.id,
    message: `${message}: ${error.message}.`,
    remedy: error.remedy,
  });
}
