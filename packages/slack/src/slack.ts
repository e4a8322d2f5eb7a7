import {
  failed,
  defineProvider,
  type Environment,
  fromEnv,
  type Provider,
  type ProviderDefinition,
  variable,
} from "@auth/core";
import type { LoginStore } from "@auth/core/logins";

import { classify } from "./classify.ts";
import { fromRotation, type SlackRotation } from "./from-rotation.ts";
import { appsUrl, hosts, readHost, type SlackHost } from "./host.ts";
import { type LoginFacts, logins } from "./saved-logins.ts";
import { identify, type SlackIdentity } from "./slack-identity.ts";
import { kindOf, tokenPattern } from "./token-kind.ts";

/** Options of {@link slack}, beside those of every provider. */
export interface SlackOptions {
  /** `slack-gov.com` for GovSlack, which has apps and tokens of its own. Default: `slack.com`. */
  readonly host?: SlackHost | undefined;
  /**
   * A login that `login` saved, by its name, or `true` for the one without. It is looked at after the environment variables, on
   * Node.js, Bun and Deno, and works for its own host alone.
   */
  readonly login?: string | true | undefined;
  /** Where the login is kept. Default: the keychain. */
  readonly store?: LoginStore | undefined;
  /** Of an app that has token rotation on: where its tokens are taken from, before the environment variables. */
  readonly rotation?: SlackRotation | undefined;
}

const variables = ["SLACK_BOT_TOKEN", "SLACK_USER_TOKEN", "SLACK_TOKEN"] as const;

/** What an auth of Slack is made from. */
export const definition: ProviderDefinition<SlackOptions, SlackIdentity> = {
  specVersion: 1,
  id: "slack",
  name: "Slack",
  tokenUrl: appsUrl,
  tokenPattern,
  setup(options, { env }) {
    const { rotation, login, store } = options;
    const host = readHost(options.host);
    const { baseUrl, origins, tokenUrl } = hosts[host];
    const address = options.baseUrl ?? baseUrl;
    return {
      baseUrl,
      origins,
      tokenUrl,
      sources: [
        ...(rotation === undefined ? [] : [fromRotation(rotation, address, env)]),
        fromEnv(...variables),
        ...(login === undefined ? [] : [logins.source(login, store, forHost(host))]),
      ],
      verify: { method: "POST", path: "/auth.test", identify },
      classify: (answer) => classify(answer, { tokenUrl }),
      requestIdHeader: "x-slack-req-id",
      warnings: () => warningsFrom(env, address),
    };
  },
};

/**
 * Slack: sends a token to Slack's Web API and to its files, and nowhere else. The token is the option `token`, else one of the
 * app's rotating ones where the option `rotation` says so, else `SLACK_BOT_TOKEN`, else `SLACK_USER_TOKEN`, else `SLACK_TOKEN`, else the saved login that the option `login` names.
 * Calling this reads nothing; the first use does.
 *
 * Slack refuses with status 200 and a word, so that `fetch` never looks for another token: ask `errorOf(response)`.
 *
 * The first use throws an `AuthError` with code `AUTH_PROVIDER_INVALID` when the host is neither of the two.
 *
 * @see https://docs.slack.dev/authentication/tokens (read 2026-11)
 */
export const slack: Provider<SlackOptions, SlackIdentity> = /* @__PURE__ */ defineProvider(definition);

/** What a person would look for a long time, and cannot be known to be wrong. */
function warningsFrom(env: Environment, address: string): readonly string[] {
  const other = variable(env, "SLACK_API_URL")?.trim().replace(/\/+$/, "");
  const ofKinds = variables.flatMap((name) => {
    const kind = kindOf(variable(env, name)?.trim() ?? "");
    if (kind === "app") return `${name} holds an app-level token (xapp-), which works with few methods.`;
    return kind === "refresh" ? `${name} holds a refresh token (xoxe-), which is no access token.` : [];
  });
  if (other === undefined || other === "" || other === address.replace(/\/+$/, "")) return ofKinds;
  return [
    ...ofKinds,
    "SLACK_API_URL is set and not followed: pass it as the option baseUrl if the token may go there.",
  ];
}

/** A login works at its own host alone: its token is not sent to the other one. */
function forHost(host: SlackHost): (kept: LoginFacts, label: string) => void {
  return (kept, label) => {
    if (kept.host === host) return;
    throw failed(
      `the ${label} is of ${kept.host}, and ${host} was asked for`,
      `Pass host: "${kept.host}", or another login.`,
    );
  };
}
