import { found, type Token, type Verification } from "@auth/core";

import { apiServer } from "../config/api-server.ts";
import { serverMismatchWarning } from "../config/config-warnings.ts";
import { trimmedVariable } from "../config/environment-place.ts";
import type { DNAnexusIdentity } from "../dnanexus.ts";
import { type Account, type AccountOptions, invalid, save, saveDirectories } from "./account.ts";
import type { SaveDirectories } from "./save-config.ts";

/** What becomes of a new login. */
export interface KeepOptions extends AccountOptions {
  /**
   * Keeps the token in a place of the program's own: it is given the token once the service has accepted it, and no file is
   * written. Default: the toolkit's files, which `dnanexus()` and `dx` read.
   */
  readonly save?: ((token: Token) => void | Promise<void>) | undefined;
}

/** Whom a new login speaks for, as `verify` gives it, and where it was saved. */
export interface Login extends Verification<DNAnexusIdentity> {
  /** The files that hold the token now. Empty where the option `save` took it. */
  readonly saved: readonly string[];
  /** What keeps the saved login from being used, and a server that an older login or another file had named. */
  readonly warnings: readonly string[];
}

/** A token that the service is still to be asked about. */
export interface NewToken {
  readonly source: string;
  readonly reveal: () => string;
  readonly expiresAt?: number;
  /** The text for `DX_SECURITY_CONTEXT`. */
  readonly context: () => string;
  /** Default: the handle in the user's id. */
  readonly username?: string;
}

/**
 * Where a login is to be saved; `undefined` where the program keeps it. Throws, before anything is sent, where it cannot be,
 * as with an API server that the toolkit's files have no words for.
 */
export function loginDirectories(account: Account, options: KeepOptions): SaveDirectories | undefined {
  if (options.save !== undefined) return undefined;
  if (new URL(account.baseUrl).pathname !== "/") {
    throw invalid(
      "the toolkit's files cannot name an API server with a path",
      "Give baseUrl without a path, or keep the token yourself with the option save.",
    );
  }
  return saveDirectories(account);
}

/** Asks the service whom the token speaks for, and only then keeps it, together with the server that accepted it. */
export async function keepLogin(
  account: Account,
  { source, reveal, expiresAt, context, username }: NewToken,
  options: KeepOptions,
  directories: SaveDirectories | undefined,
): Promise<Login> {
  const { signal } = options;
  const resolve = () => found(reveal(), expiresAt === undefined ? {} : { expiresAt });
  const auth = account.authWith({ name: source, resolve });
  const verification = await auth.verify({ signal });
  signal?.throwIfAborted();
  const warnings = mismatch(account, source);
  if (directories === undefined) {
    await options.save?.(await auth.token());
    return { ...verification, saved: [], warnings };
  }
  const { protocol, hostname, port } = new URL(account.baseUrl);
  const changes = {
    DX_USERNAME: username ?? verification.identity.id.replace(/^user-/, ""),
    DX_SECURITY_CONTEXT: context(),
    DX_APISERVER_PROTOCOL: protocol.slice(0, -1),
    DX_APISERVER_HOST: hostname,
    DX_APISERVER_PORT: port === "" ? (protocol === "https:" ? "443" : "80") : port,
  };
  const saved = await save(directories, changes, signal);
  const isHidden = trimmedVariable(account.env, "DX_SECURITY_CONTEXT") !== undefined;
  const hiding = "env DX_SECURITY_CONTEXT comes before the saved login: unset it to use what was saved.";
  return { ...verification, saved, warnings: [...warnings, ...(isHidden ? [hiding] : [])] };
}

// What calls this package has its environment's word for the server; a file may be older than that.
function mismatch({ options, layers }: Account, name: string): string[] {
  if (options.baseUrl !== undefined) return [];
  const place = layers[0]?.place;
  return serverMismatchWarning(apiServer(layers), { name, ...(place !== undefined && { place }) }, layers);
}
