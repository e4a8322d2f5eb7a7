import {
  failed,
  exchange,
  found,
  fromFunction,
  fromValue,
  isAuthError,
  ownProperties,
  ownText,
  type Token,
  type TokenFunction,
  type TokenSource,
  type TokenStore,
} from "@auth/core";

import { appJwt, type AppSigner, signerOf } from "./app-jwt.ts";

/** A GitHub App on an account, which gets a token of its own: by the app's private key, or by whoever signs with it. */
export interface GitHubApp {
  /** The app's client ID, which GitHub recommends, or its number. */
  readonly clientId: string | number;
  /** The number of the installation: that of an account on which the app is. */
  readonly installationId: string | number;
  /** The private key, in PEM: the text, or a function or a source that gives it. Read for each token, about once an hour. */
  readonly privateKey?: string | TokenFunction | TokenSource | undefined;
  /** Signs in place of a private key, by RS256: for a key that never leaves its KMS. */
  readonly sign?: AppSigner | undefined;
  /** Names of the repositories that the token is for, without their owner. Default: all of the installation's. */
  readonly repositories?: readonly string[] | undefined;
  /** What the token may do: `{ issues: "read" }`. Default: all that the installation may. */
  readonly permissions?: Readonly<Record<string, string>> | undefined;
  /** Where processes share the token, so that one of them asks for it. Default: each asks for its own. */
  readonly store?: TokenStore | undefined;
  /** Names the token in the store: the same for all who are to share it. Default: by the app and the installation. */
  readonly key?: string | undefined;
}

/**
 * The source of an installation's token: a JWT of the app, traded at the API for a token that lives an hour. It is asked again
 * ahead of that.
 *
 * @see https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app (read 2026-11)
 */
export function fromAppInstallation(given: GitHubApp, baseUrl: string): TokenSource {
  const app = ownProperties(given);
  const issuer = idOf(app.clientId, "clientId");
  const installation = idOf(app.installationId, "installationId");
  const { repositories, permissions, sign, store, key } = app;
  const body = {
    ...(repositories !== undefined && { repositories }),
    ...(permissions !== undefined && { permissions }),
  };
  return exchange({
    name: `installation ${installation} of app ${issuer}`,
    material: materialOf(app, issuer),
    ...(store !== undefined && { store }),
    ...(key !== undefined && { key }),
    async trade(material: Token, { call, now }) {
      const jwt = await appJwt(issuer, now(), sign ?? (await signerOf(material.reveal())));
      const answer = await call({
        url: `${baseUrl.replace(/\/+$/, "")}/app/installations/${installation}/access_tokens`,
        headers: {
          accept: "application/vnd.github+json",
          authorization: `Bearer ${jwt}`,
          "user-agent": "auth-github",
          "x-github-api-version": "2022-11-28",
        },
        ...(Object.keys(body).length > 0 && { body }),
      }).catch((error: unknown) => {
        throw explained(error, issuer, installation);
      });
      const token = ownText(answer.body, "token");
      const expiresAt = Date.parse(ownText(answer.body, "expires_at") ?? "");
      if (token === undefined || Number.isNaN(expiresAt)) {
        throw failed(
          "GitHub gave no token for the installation, or none with an end",
          "Check that host is the name of a GitHub, and that nothing on the way rewrites its answers.",
        );
      }
      return found(token, { expiresAt });
    },
  });
}

/** An app's number or client ID, and an installation's number: they stand in an address and in a name. */
function idOf(value: unknown, option: string): string {
  const id = typeof value === "number" ? String(value) : value;
  if (typeof id === "string" && /^[\w.-]{1,100}$/.test(id.trim()) && !/^\.+$/.test(id.trim()))
    return id.trim();
  throw failed(`the option app.${option} is not an ID`, `Pass app: { ${option} } as GitHub shows it.`);
}

function materialOf({ privateKey, sign }: GitHubApp, issuer: string): TokenSource {
  if ((sign === undefined) === (privateKey === undefined)) {
    throw failed(
      "the option app has a private key and a signer, or neither",
      "Pass app: { privateKey } or app: { sign }.",
    );
  }
  // Whoever signs has the key. What is traded is then the app's name alone.
  if (sign !== undefined) return fromValue(issuer, "option app.sign");
  if (typeof privateKey === "string") return fromValue(privateKey, "option app.privateKey");
  if (typeof privateKey === "function") return fromFunction("option app.privateKey", privateKey);
  if (typeof privateKey?.resolve === "function") return privateKey;
  throw failed(
    "the option app.privateKey must be a string, a function or a source",
    "Pass the text of the .pem file.",
  );
}

/** GitHub's refusals of a trade, with what helps. */
function explained(error: unknown, app: string, installation: string): unknown {
  switch (isAuthError(error) ? error.status : undefined) {
    case 401:
      return failed(
        `GitHub did not accept the JWT of the app ${app} (status 401)`,
        `Check that the private key is one of the app ${app}, and this machine's clock.`,
      );
    case 403:
      return failed(
        `GitHub gives the installation ${installation} no token (status 403)`,
        "Ask the owner of the account whether the app is suspended there.",
      );
    case 404:
      return failed(
        `the app ${app} has no installation ${installation} (status 404)`,
        "Pass app.installationId as GET /app/installations has it.",
      );
    case 422:
      return failed(
        `the installation ${installation} was granted less than what is asked for (status 422)`,
        "Ask for no more than that in app.permissions and app.repositories.",
      );
    default:
      return error;
  }
}
