import {
  type AuthOptions,
  defineProvider,
  fromEnv,
  type Provider,
  type ProviderDefinition,
} from "@auth/core";

import { fromAppInstallation, type GitHubApp } from "./app-installation.ts";
import { classify } from "./classify.ts";
import { fromGhLogin } from "./from-gh-login.ts";
import type { GitHubIdentity } from "./github-identity.ts";
import { hostAt, hostWarnings, readHost, tokenUrl } from "./host.ts";
import { tokenPattern } from "./token-kind.ts";
import { verifyEndpoint } from "./verify-endpoint.ts";

/** Options of {@link github}. */
export interface GitHubOptions extends AuthOptions {
  /**
   * The GitHub that is meant: `github.com`, `acme.ghe.com`, or the name of an Enterprise Server, with a port where it has one.
   * Default: the host that `baseUrl` is the address of, else `GH_HOST`, else `github.com`.
   */
  readonly host?: string | undefined;
  /** Acts as a GitHub App on an account, by a token that it asks GitHub for. No variable and no login is then looked at. */
  readonly app?: GitHubApp | undefined;
}

/** What an auth of GitHub is made from. */
const definition: ProviderDefinition<GitHubOptions, GitHubIdentity> = {
  specVersion: 1,
  id: "github",
  name: "GitHub",
  tokenUrl,
  tokenPattern,
  setup(options, { env, now }) {
    const host = readHost(options.host, env, options.baseUrl);
    const baseUrl = options.baseUrl ?? host.baseUrl;
    const there = hostAt(options.baseUrl);
    const elsewhere = `The host is ${host.name}, and the option baseUrl is the address of ${there}.`;
    return {
      baseUrl: host.baseUrl,
      origins: [new URL(host.baseUrl).origin, ...host.uploads],
      tokenUrl: host.tokenUrl,
      sources:
        options.app === undefined
          ? [fromEnv(...host.variables), fromGhLogin(host.name)]
          : [fromAppInstallation(options.app, baseUrl)],
      // Without one GitHub refuses a request, and not every client sends one.
      headers: { "user-agent": "auth-github" },
      verify: (token) => verifyEndpoint(token, baseUrl),
      classify: (answer) => classify(answer, { host, now }),
      requestIdHeader: "x-github-request-id",
      warnings: () => [
        ...(there === undefined || there === host.name ? [] : [elsewhere]),
        ...hostWarnings(host, env),
      ],
    };
  },
};

/**
 * GitHub: sends a token to GitHub's API of one host, and nowhere else. The token is the option `token`, or that of the
 * installation which the option `app` names, else `GH_TOKEN`, else `GITHUB_TOKEN` (for an Enterprise Server `GH_ENTERPRISE_TOKEN`,
 * else `GITHUB_ENTERPRISE_TOKEN`), else what `gh auth token` prints for the host. Calling this reads nothing; the first use does.
 *
 * The first use throws an `AuthError` with code `AUTH_PROVIDER_INVALID` when the host is not the name of one, or the option `app`
 * lacks something.
 *
 * @see https://docs.github.com/rest/authentication/authenticating-to-the-rest-api (read 2026-11)
 */
export const github: Provider<GitHubOptions, GitHubIdentity> = /* @__PURE__ */ defineProvider(definition);
