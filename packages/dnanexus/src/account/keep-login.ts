import { found, type Token, type Verification } from "@auth/core";

import type { Machine } from "../config/config-places.ts";
import { trimmedVariable } from "../config/environment-place.ts";
import { securityContextText } from "../config/security-context.ts";
import type { DNAnexusIdentity } from "../dnanexus.ts";
import {
  type Account,
  type AccountOptions,
  invalid,
  openAccount,
  save,
  saveDirectories,
  serverWarnings,
} from "./account.ts";
import type { GrantedToken } from "./ask-auth-server.ts";
import type { ConfigChanges, SaveDirectories } from "./save-config.ts";

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
export interface NewToken extends GrantedToken {
  readonly source: string;
  readonly expiresAt?: number;
  /** What the toolkit puts behind `:` and `,`: a blank after a password, nothing after a token. */
  readonly blank: "" | " ";
  /** Default: the handle in the user's id. */
  readonly username?: string;
}

/**
 * A login from its beginning to its end: looks at the machine, has the token obtained, asks the service whom it speaks for,
 * and only then keeps it, together with the server that accepted it. Throws, before anything is sent, where it cannot be kept.
 */
export async function keepLogin(
  options: KeepOptions,
  machine: Machine,
  obtain: (account: Account) => NewToken | Promise<NewToken>,
): Promise<Login> {
  const { signal } = options;
  const account = openAccount(options, machine);
  const directories = options.save === undefined ? loginDirectories(account) : undefined;
  const granted = await obtain(account);
  const { source, token, expiresAt } = granted;
  const resolve = () => found(token, expiresAt === undefined ? {} : { expiresAt });
  const auth = account.authWith({ name: source, resolve });
  const verification = await auth.verify({ signal });
  signal?.throwIfAborted();
  // What calls this package has its environment's word for the server; a file may be older than that.
  const warnings = serverWarnings(account, source, account.layers[0]);
  if (directories === undefined) {
    await options.save?.(await auth.token());
    return { ...verification, saved: [], warnings };
  }
  const username = granted.username ?? verification.identity.id.replace(/^user-/, "");
  const saved = await save(directories, loginChanges(account.baseUrl, granted, username), signal);
  const isHidden = trimmedVariable(account.env, "DX_SECURITY_CONTEXT") !== undefined;
  const hiding = "env DX_SECURITY_CONTEXT comes before the saved login: unset it to use what was saved.";
  return { ...verification, saved, warnings: [...warnings, ...(isHidden ? [hiding] : [])] };
}

function loginDirectories(account: Account): SaveDirectories {
  if (new URL(account.baseUrl).pathname === "/") return saveDirectories(account);
  throw invalid(
    "the toolkit's files cannot name an API server with a path",
    "Give baseUrl without a path, or keep the token yourself with the option save.",
  );
}

function loginChanges(baseUrl: string, { token, type, blank }: NewToken, username: string): ConfigChanges {
  const { protocol, hostname, port } = new URL(baseUrl);
  return {
    DX_USERNAME: username,
    DX_SECURITY_CONTEXT: securityContextText(token, type, blank),
    DX_APISERVER_PROTOCOL: protocol.slice(0, -1),
    DX_APISERVER_HOST: hostname,
    DX_APISERVER_PORT: port === "" ? (protocol === "https:" ? "443" : "80") : port,
  };
}
