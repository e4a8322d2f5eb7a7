import { failed, ownField, found, type Found, ownText } from "@auth/core";

const savedName = "zcli login";

/** How the name begins of a source whose token is the finished value of the header. */
export const savedHeaderSource = `${savedName} by API token`;

/** The name of the source for an account. */
export function savedLoginSource(subdomain: string): string {
  return `${savedName} of ${subdomain}`;
}

/**
 * What ZCLI keeps for an account: since it has OAuth an access token with its expiry, and before the value of the header. A login
 * that has ended is renewed by ZCLI alone: a refresh ends at once what ZCLI holds.
 *
 * @see https://github.com/zendesk/zcli (read 2026-11)
 */
export function readSavedLogin(text: string, subdomain: string, now: number): Found {
  const [, basic] = /^Basic\s+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? [];
  if (basic !== undefined) {
    if (!isApiToken(basic)) {
      throw failed(
        `${savedName} of ${subdomain} is a password, which Zendesk takes no more`,
        "Run zcli login.",
      );
    }
    return found(basic, { source: `${savedHeaderSource} of ${subdomain}` });
  }
  const saved = parsed(text);
  const token = ownText(saved, "accessToken");
  const expiresAt = ownField(saved, "expiresAt");
  if (token === undefined) throw failed(`${savedName} of ${subdomain} holds no token`, "Run zcli login.");
  if (typeof expiresAt !== "number" || !Number.isFinite(expiresAt)) return found(token);
  if (expiresAt > now) return found(token, { expiresAt });
  throw failed(
    `${savedName} of ${subdomain} has ended, and nobody but zcli may renew it`,
    "Run zcli login, or another command of zcli that asks Zendesk.",
  );
}

function isApiToken(basic: string): boolean {
  try {
    return /^[^:]+\/token:./.test(atob(basic));
  } catch {
    return false;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // an error of JSON.parse quotes the text
  }
}
