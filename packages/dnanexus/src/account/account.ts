import process from "node:process";

import { AuthError, type AuthErrorCode, broken, type Environment, isBroken } from "@auth/core";

import { apiServer } from "../config/api-server.ts";
import { authServer } from "./auth-server.ts";
import { configPlaces, type Machine } from "../config/config-places.ts";
import { dnanexus, type DNAnexusOptions, dnanexusOn } from "../dnanexus.ts";
import { checkSave, type ConfigChanges, type SaveDirectories, saveConfig } from "./save-config.ts";
import { sessionDirectory } from "../config/session-directory.ts";
import { strangeServer } from "../config/config-warnings.ts";
import { sourceName } from "../config/token-sources.ts";
import { userDirectory } from "../config/user-directory.ts";

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

/** The variables that an account's options name. */
export function environmentOf({ env }: AccountOptions): Environment {
  return env ?? process.env;
}

/** The provider's options for the same server and machine. */
export function providerOptions(options: AccountOptions): DNAnexusOptions {
  const { baseUrl, env, fetch, timeoutMs, sessions, allowInsecureHttp, now } = options;
  return { baseUrl, env, fetch, timeoutMs, sessions, allowInsecureHttp, now };
}

/** The origin of the auth server. */
export function authOrigin(options: AccountOptions, machine: Machine): string {
  const { baseUrl } = dnanexusOn(machine)(providerOptions(options));
  const { authUrl, allowInsecureHttp } = options;
  return explained("AUTH_PROVIDER_INVALID", () =>
    authServer({ authUrl, baseUrl, env: environmentOf(options), allowInsecureHttp }),
  );
}

/** Warns of a server that another place names than the one that the token comes from: with it, the program's own options. */
export function serverWarnings(options: AccountOptions, machine: Machine, token: string): readonly string[] {
  if (options.baseUrl !== undefined) return [];
  const sessions = options.sessions !== false;
  const places = configPlaces(environmentOf(options), machine, { sessions, alsoRead: [] });
  const layers = places.map((place) => place.read());
  const server = apiServer(layers);
  // What calls this package has its environment's word for the server; a file may be older than that.
  const place = layers.find((layer) => sourceName(layer) === token)?.place ?? places[0];
  return strangeServer(server, { name: token, ...(place !== undefined && { place }) }, layers);
}

/** Where a login is saved. Throws where it cannot be: better before the password is sent. */
export function saveDirectories(options: AccountOptions, machine: Machine): SaveDirectories {
  return explained("AUTH_TOKEN_SOURCE_FAILED", () => {
    const user = userDirectory(environmentOf(options));
    if (user === undefined) {
      throw broken("there is nowhere to save, since HOME is not set", "Set HOME or DX_USER_CONF_DIR.");
    }
    const session = options.sessions === false ? undefined : sessionDirectory(user, machine.parents());
    const directories = { user, session };
    checkSave(directories);
    return directories;
  });
}

/** {@link saveConfig} with its failures as `AuthError`. */
export async function save(
  directories: SaveDirectories,
  changes: ConfigChanges,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  try {
    return await saveConfig(directories, changes, signal);
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
  if (!isBroken(error)) return error;
  const message = code === "AUTH_PROVIDER_INVALID" ? "This cannot be used" : "The login cannot be saved";
  return new AuthError(code, {
    provider: dnanexus.id,
    message: `${message}: ${error.message}.`,
    remedy: error.remedy,
  });
}
