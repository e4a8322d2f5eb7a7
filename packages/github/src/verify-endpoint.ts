import type { Token, VerifyEndpoint } from "@auth/core";

import {
  type GitHubIdentity,
  identifyApp,
  identifyInstallation,
  identifyUser,
  viewerQuery,
} from "./github-identity.ts";
import { graphqlUrl } from "./host.ts";
import { tokenKindOf } from "./token-kind.ts";

/**
 * Where GitHub says whom a token speaks for. An installation may not ask for its user, and what it may ask of REST names nobody:
 * GraphQL names the bot.
 *
 * @see https://docs.github.com/rest/users/users#get-the-authenticated-user (read 2026-11)
 */
export function verifyEndpoint(token: Token, baseUrl: string): VerifyEndpoint<GitHubIdentity> {
  const kind = tokenKindOf(token.reveal());
  const headers = { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" };
  if (kind === "installation") {
    const path = graphqlUrl({ baseUrl });
    return { method: "POST", path, headers, body: viewerQuery, identify: identifyInstallation };
  }
  if (kind === "app") return { path: "/app", headers, identify: identifyApp };
  return { path: "/user", headers, identify: (body, answer) => identifyUser(body, answer, kind) };
}
