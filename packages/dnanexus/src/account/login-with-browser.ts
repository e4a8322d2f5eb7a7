import { ownProperties } from "@auth/core";

import { type Machine, thisMachine } from "../config/config-places.ts";
import { authOrigin, invalid } from "./account.ts";
import { exchangeCode } from "./authorization-code.ts";
import { keepLogin, type KeepOptions, type Login } from "./keep-login.ts";
import type { LoginScope } from "./login.ts";
import { listenForRedirect, type LoopbackRedirect } from "./loopback-redirect.ts";

/** What a login through the browser takes. */
export interface BrowserLoginOptions extends KeepOptions {
  /** The id under which DNAnexus registered the program. */
  readonly clientId: string;
  /** Sent with the code, and nowhere else. Only where the registration came with one. */
  readonly clientSecret?: string | undefined;
  /** The registered address, as in `http://127.0.0.1:8125/callback`. Port 0 takes a free one. */
  readonly redirectUri: string;
  /** Shows a page to the user: opens a browser at it, or prints it. The URL holds no secret. */
  readonly open: (url: string) => unknown;
  /** Default: `{ full: true }`. */
  readonly scope?: LoginScope | undefined;
  /**
   * Takes a code that comes back without the state that was sent, since it is not documented that DNAnexus gives it back.
   * Somebody else's page can then slip its own login in. A code with another state is never taken. Default:
   * `false`.
   */
  readonly allowMissingState?: boolean | undefined;
  /** How long the user may take on the page. Milliseconds. Default: 300,000. */
  readonly waitMs?: number | undefined;
}

/**
 * Logs in through the user's browser, by OAuth2's authorization-code grant: for programs that DNAnexus has registered by
 * arrangement, and for nobody else. The browser comes back to this machine with a code, which is exchanged for a token; the
 * service is asked whom it speaks for, and it is saved as `dx login` does. The code and the token stand in no page, event
 * or error. A refresh token, if the service gives one, is not kept.
 *
 * A page that sends the browser back without the state of this login is answered and forgotten: the login goes on waiting.
 *
 * @throws {AuthError} `AUTH_LOGIN_FAILED` where the user refuses, takes too long, or the browser comes back to another path,
 * or twice; `AUTH_PROVIDER_INVALID` where an option cannot be used or the port is taken, before
 * anything is opened; otherwise as `login`. When `signal` is aborted: its reason. What `open` throws is passed on.
 */
export const loginWithBrowser: (options: BrowserLoginOptions) => Promise<Login> =
  loginWithBrowserOn(thisMachine);

/** The login through a browser as it is on a machine. */
export function loginWithBrowserOn(machine: Machine): (options: BrowserLoginOptions) => Promise<Login> {
  return async (given) => {
    const options = ownProperties(given);
    checkOptions(options);
    const { signal, redirectUri, waitMs = 300_000, allowMissingState } = options;
    return keepLogin(options, machine, async (account) => {
      const origin = authOrigin(account);
      signal?.throwIfAborted();
      const redirect = await listenForRedirect(redirectUri, waitMs, allowMissingState === true);
      const granted = await exchange(origin, redirect, options).finally(redirect.close);
      return { ...granted, source: "the browser login", blank: " " };
    });
  };
}

async function exchange(
  origin: string,
  redirect: LoopbackRedirect,
  options: BrowserLoginOptions,
): ReturnType<typeof exchangeCode> {
  const { clientId, clientSecret, open, signal } = options;
  const page = authorizePage(origin, redirect, options);
  const stop = AbortSignal.any([redirect.repeated, ...(signal === undefined ? [] : [signal])]);
  const code = await Promise.race([redirect.code, opening(open, page), aborted(stop)]);
  return exchangeCode(
    origin,
    { code, redirectUri: redirect.uri, clientId, clientSecret },
    { ...options, signal: stop },
  );
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1, but for `scope`, which is JSON here. */
function authorizePage(
  origin: string,
  { uri, state }: LoopbackRedirect,
  { clientId, scope = { full: true } }: BrowserLoginOptions,
): string {
  const page = new URL("/oauth2/authorize", origin);
  page.search = String(
    new URLSearchParams({
      response_type: "code",
      client_id: clientId,
      redirect_uri: uri,
      scope: JSON.stringify(scope),
      state,
    }),
  );
  return page.href;
}

/** Rejects where the page cannot be opened. It may also never end: some programs end with the browser. */
async function opening(open: BrowserLoginOptions["open"], page: string): Promise<never> {
  await open(page);
  return new Promise(() => undefined);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

function checkOptions({ clientId, clientSecret, open, save, waitMs }: BrowserLoginOptions): void {
  if (typeof clientId !== "string" || clientId.trim() === "")
    throw invalid("the option clientId is missing or blank", "Give the id that DNAnexus registered.");
  if (clientSecret !== undefined && (typeof clientSecret !== "string" || clientSecret === ""))
    throw invalid("the option clientSecret is empty or no text", "Give it as registered, or leave it out.");
  if (typeof open !== "function")
    throw invalid("the option open must be a function", "Give a function that shows a URL to the user.");
  if (save !== undefined && typeof save !== "function")
    throw invalid("the option save must be a function", "Pass a function, or leave it out.");
  if (waitMs !== undefined && !(waitMs > 0 && waitMs <= 2_147_483_647))
    throw invalid("waitMs is not a time", "Give waitMs in milliseconds.");
}
