import { ownField, type Identity, ownText } from "@auth/core";

import type { GitHubTokenKind } from "./token-kind.ts";

/** Whom a token speaks for: a person, an app on an account (an installation), or an app itself. */
export interface GitHubIdentity extends Identity {
  readonly kind: "user" | "installation" | "app";
  /** The number that stays when the name changes. Of an installation, that of the bot that it acts as. */
  readonly id: string;
  /** The login, which can change: `ada`, `acme-app[bot]`. Of an app, its slug. */
  readonly label?: string;
  /** The kind of the token, by its beginning. */
  readonly tokenKind: GitHubTokenKind;
  /** Of a classic token or an OAuth app's. Absent where GitHub does not tell: other tokens have permissions instead. */
  readonly scopes?: readonly string[];
  /** When GitHub says that the token ends. Milliseconds since the epoch. A hint, which GitHub gives of personal tokens. */
  readonly expiresAt?: number;
}

/** What of an answer of verify is looked at besides its body. */
export interface VerifyFacts {
  readonly headers: { get(name: string): string | null };
}

/** Reads the answer of `GET /user`. */
export function identifyUser(
  body: unknown,
  { headers }: VerifyFacts,
  tokenKind: GitHubTokenKind,
): GitHubIdentity | undefined {
  const id = idOf(ownField(body, "id"));
  const scopes = scopesOf(headers.get("x-oauth-scopes"));
  const expiresAt = expirationOf(headers.get("github-authentication-token-expiration"));
  return id === undefined
    ? undefined
    : {
        kind: "user",
        id,
        ...labelled(ownText(body, "login")),
        tokenKind,
        ...(scopes !== undefined && { scopes }),
        ...(expiresAt !== undefined && { expiresAt }),
      };
}

/** Reads the answer of GraphQL to {@link viewerQuery}: an installation has no `GET /user`, and acts as a bot. */
export function identifyInstallation(body: unknown): GitHubIdentity | undefined {
  const viewer = ownField(ownField(body, "data"), "viewer");
  const id = idOf(ownField(viewer, "databaseId"));
  return id === undefined
    ? undefined
    : { kind: "installation", id, ...labelled(ownText(viewer, "login")), tokenKind: "installation" };
}

/** Asks GraphQL who one is. */
export const viewerQuery = { query: "query{viewer{login databaseId}}" };

/** Reads the answer of `GET /app`. */
export function identifyApp(body: unknown): GitHubIdentity | undefined {
  const id = idOf(ownField(body, "id"));
  return id === undefined
    ? undefined
    : { kind: "app", id, ...labelled(ownText(body, "slug")), tokenKind: "app" };
}

/** The scopes of a header: comma and space between them. Empty: a token without scopes; `undefined`: no such header. */
export function scopesOf(value: string | null): string[] | undefined {
  return value
    ?.split(",")
    .map((scope) => scope.trim())
    .filter((scope) => /^[\x21-\x7E]+$/.test(scope));
}

/**
 * The instant of a header in either of the forms seen, `2023-06-28 17:58:10 UTC` and `2026-02-06 07:42:23 +0100`; `undefined` for
 * any other.
 */
export function expirationOf(value: string | null): number | undefined {
  const form = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (?:UTC|([+-]\d\d):?(\d\d))$/;
  const [, day, time, hours, minutes] = form.exec(value?.trim() ?? "") ?? [];
  const at = Date.parse(`${day}T${time}${hours === undefined ? "Z" : `${hours}:${minutes}`}`);
  return Number.isNaN(at) ? undefined : at;
}

function idOf(value: unknown): string | undefined {
  return Number.isSafeInteger(value) && Number(value) > 0 ? String(value) : undefined;
}

function labelled(label: string | undefined): { readonly label?: string } {
  return label === undefined ? {} : { label };
}
