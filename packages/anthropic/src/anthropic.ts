import {
  bearer,
  failed,
  defineProvider,
  type Environment,
  fromEnv,
  header,
  oneOf,
  type Provider,
  type ProviderDefinition,
  variable,
} from "@auth/core";
import type { LoginStore } from "@auth/core/logins";

import { type AnthropicIdentity, identifyAdmin, identifyKey } from "./anthropic-identity.ts";
import { classify, pages } from "./classify.ts";
import { fromFederation } from "./from-federation.ts";
import { logins } from "./saved-logins.ts";
import { kindOf } from "./token-kind.ts";

/** Options of {@link anthropic}, beside those of every provider. */
export interface AnthropicOptions {
  /**
   * Which header carries a key. Default: `x-api-key`, but `authorization` for what is in `ANTHROPIC_AUTH_TOKEN`, as a
   * gateway's token. A token of OAuth (`sk-ant-oat…`) is always a bearer.
   */
  readonly keyHeader?: "x-api-key" | "authorization" | undefined;
  /**
   * A login that `login` saved, by its name, or `true` for the one without. It is looked at after the environment variables, on
   * Node.js, Bun and Deno.
   */
  readonly login?: string | true | undefined;
  /** Where the login is kept. Default: the keychain. */
  readonly store?: LoginStore | undefined;
  /** The value of `anthropic-version`. A request's own wins. Default: `2023-06-01`. */
  readonly version?: string | undefined;
}

const baseUrl = "https://api.anthropic.com";
const authTokenVariable = "ANTHROPIC_AUTH_TOKEN";

/** What an auth of Anthropic is made from. */
export const definition: ProviderDefinition<AnthropicOptions, AnthropicIdentity> = {
  specVersion: 1,
  id: "anthropic",
  name: "Anthropic",
  tokenUrl: pages.keys,
  tokenPattern: /^sk-ant-[a-z]{3,10}\d\d-[\w-]{20,500}$/,
  setup(options, { env, now }) {
    const { keyHeader, login, store, version = "2023-06-01" } = options;
    const address = options.baseUrl ?? baseUrl;
    const federation = fromFederation(address, env);
    if (keyHeader !== undefined && keyHeader !== "x-api-key" && keyHeader !== "authorization")
      throw failed(
        "the option keyHeader is no header that carries a key",
        'Pass keyHeader: "x-api-key" or keyHeader: "authorization".',
      );
    return {
      baseUrl,
      headers: { "anthropic-version": version },
      sources: [
        fromEnv("ANTHROPIC_API_KEY", authTokenVariable),
        ...(federation === undefined ? [] : [federation]),
        ...(login === undefined ? [] : [logins.source(login, store)]),
      ],
      inject: oneOf(
        {
          key: header("x-api-key"),
          bearer: bearer(),
          oauth: bearer({ with: { "anthropic-beta": "oauth-2025-04-20" } }),
        },
        (token) => {
          if (kindOf(token.reveal()) === "oauth") return "oauth";
          const isForGateway = token.source === `env ${authTokenVariable}`;
          const name = keyHeader ?? (isForGateway ? "authorization" : "x-api-key");
          return name === "authorization" ? "bearer" : "key";
        },
      ),
      verify: (token) =>
        kindOf(token.reveal()) === "admin"
          ? { path: "/v1/organizations/me", identify: identifyAdmin }
          : { path: "/v1/models?limit=1", identify: identifyKey },
      classify: (answer) => classify(answer, now),
      requestIdHeader: "request-id",
      warnings: () => warningsFrom(env, address),
    };
  },
};

/**
 * Anthropic: sends an API key to Anthropic's API, and nowhere else. The key is the option `token`, else `ANTHROPIC_API_KEY`,
 * else `ANTHROPIC_AUTH_TOKEN`, else a workload's where `ANTHROPIC_FEDERATION_RULE_ID` is set, else the saved login that the option `login` names. How it begins says which header carries it, and which endpoint tells where it belongs. Calling
 * this reads nothing; the first use does.
 *
 * @see https://platform.claude.com/docs/en/api/overview (read 2026-11)
 */
export const anthropic: Provider<AnthropicOptions, AnthropicIdentity> =
  /* @__PURE__ */ defineProvider(definition);

/** The address that the SDK would send the key to, and that is not taken from a variable here. */
function warningsFrom(env: Environment, address: string): readonly string[] {
  const other = variable(env, "ANTHROPIC_BASE_URL")?.trim().replace(/\/+$/, "") ?? "";
  return other === "" || other === address.replace(/\/+$/, "")
    ? []
    : ["ANTHROPIC_BASE_URL is set and not followed: pass it as the option baseUrl if the key may go there."];
}
