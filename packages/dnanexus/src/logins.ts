// The logins of this machine. What they take is loaded at the first of them: most programs only use what is saved.
import type { KeepOptions, Login } from "./account/keep-login.ts";
import type { LoginOptions } from "./account/login.ts";
import type { Logout, LogoutOptions } from "./account/logout.ts";
import { thisMachine } from "./config/config-places.ts";

/**
 * Logs in with user name and password, asks the service whom the new token speaks for, and saves it as `dx login` does.
 * Password and code go to the auth server and nowhere else, once for each code: never again after an error.
 *
 * @throws {AuthError} `AUTH_LOGIN_FAILED`, `AUTH_OTP_REQUIRED` (no code was given), `AUTH_RATE_LIMITED`,
 * `AUTH_UNREACHABLE`, `AUTH_RESPONSE_MALFORMED`; `AUTH_PROVIDER_INVALID` where an option or the auth server's address
 * cannot be used; `AUTH_TOKEN_SOURCE_FAILED` where the files do not let themselves be read or written, which is seen
 * before anything is sent; and whatever `verify` throws.
 * @see https://documentation.dnanexus.com/user/login-and-logout (read 2026-11)
 */
export async function login(options: LoginOptions): Promise<Login> {
  const { loginOn } = await import("./account/login.ts");
  return loginOn(thisMachine)(options);
}

/**
 * Asks the service whom a token speaks for, and saves it as `dx login --token` does, with the server that accepted it. A
 * token that the service does not accept is not saved, and what was saved before stays.
 *
 * @throws {AuthError} `AUTH_TOKEN_SOURCE_FAILED` where the files do not let themselves be read or written, which is seen
 * before anything is sent; and whatever `verify` throws.
 */
export async function loginWithToken(token: string, options?: KeepOptions): Promise<Login> {
  const { loginWithTokenOn } = await import("./account/login-with-token.ts");
  return loginWithTokenOn(thisMachine)(token, options);
}

/**
 * Ends the token in use at the service, whichever place it came from, and then writes "logged out" as `dx logout` does,
 * even where the service refuses to end the token: look at `outcome`. An API token made on the web page is ended as well.
 * Jobs that were started with the token fail when it ends.
 *
 * @throws {AuthError} with nothing done: `AUTH_PERMISSION_DENIED` for the own token of the job that the program runs in,
 * without `force`; `AUTH_UNREACHABLE` where the service gave no answer; `AUTH_PROVIDER_INVALID` where the auth server is
 * not known; `AUTH_TOKEN_SOURCE_FAILED` where a file cannot be read or written.
 */
export async function logout(options?: LogoutOptions): Promise<Logout> {
  const { logoutOn } = await import("./account/logout.ts");
  return logoutOn(thisMachine)(options);
}
