import {
  defineProvider,
  type Environment,
  fromEnv,
  type Provider,
  type ProviderDefinition,
  type TokenSource,
  unavailable,
  variable,
} from "@auth/core";
import type { LoginStore } from "@auth/core/logins";

import { classify } from "./classify.ts";
import { fromTokenFile } from "./from-token-file.ts";
import { fromTrustedPublisher } from "./from-trusted-publisher.ts";
import { type HuggingFaceIdentity, identify } from "./huggingface-identity.ts";
import { logins } from "./saved-logins.ts";

/** Options of {@link huggingface}, beside those of every provider. */
export interface HuggingFaceOptions {
  /**
   * A login that `login` saved, by its name, or `true` for the one without. It is looked at after the environment variables, on
   * Node.js, Bun and Deno.
   */
  readonly login?: string | true | undefined;
  /** Where the login is kept. Default: the keychain. */
  readonly store?: LoginStore | undefined;
}

/** A constant of its own, so that a bundler can leave the provider out of a program that does not use it. */
const tokenUrl = "https://huggingface.co/settings/tokens";
const hubUrl = "https://huggingface.co";

/**
 * The Hub, Inference Providers, the dataset viewer, and the management of Inference Endpoints. Everything else that is the
 * Hub's, such as its CDN and its storage, takes signed addresses or tokens of its own.
 */
const origins = [
  hubUrl,
  "https://router.huggingface.co",
  "https://datasets-server.huggingface.co",
  "https://api.endpoints.huggingface.cloud",
];

/** What an auth of Hugging Face is made from. */
export const definition: ProviderDefinition<HuggingFaceOptions, HuggingFaceIdentity> = {
  specVersion: 1,
  id: "huggingface",
  name: "Hugging Face",
  tokenUrl,
  tokenPattern: /^hf_[A-Za-z0-9_]{20,500}$/,
  setup(options, { env, now }) {
    const address = options.baseUrl ?? hubUrl;
    return {
      baseUrl: hubUrl,
      origins,
      sources: sourcesFrom(options, env, address),
      verify: { path: "/api/whoami-v2", identify },
      classify: (answer) => classify(answer, { now, tokenUrl }),
      requestIdHeader: "x-request-id",
      warnings: () => warningsFrom(env, address),
    };
  },
};

/**
 * The Hugging Face Hub: sends a token to the Hub and the services beside it, and nowhere else. The token is the option
 * `token`, else where the Hub's own library looks: a trusted publisher's, where `HF_OIDC_RESOURCE` is set, else `HF_TOKEN`,
 * else `HUGGING_FACE_HUB_TOKEN`, else the saved login that the option `login` names, else the file of `hf auth login`. Calling this reads nothing; the
 * first use does.
 *
 * @see https://huggingface.co/docs/hub/security-tokens (read 2026-11)
 */
export const huggingface: Provider<HuggingFaceOptions, HuggingFaceIdentity> =
  /* @__PURE__ */ defineProvider(definition);

function sourcesFrom(
  { login, store }: HuggingFaceOptions,
  env: Environment,
  address: string,
): readonly TokenSource[] {
  const saved = login === undefined ? [] : [logins.source(login, store)];
  if (isOn(variable(env, "HF_HUB_DISABLE_IMPLICIT_TOKEN"))) return [...saved, disabled];
  const resource = variable(env, "HF_OIDC_RESOURCE")?.trim() || undefined;
  return [
    ...(resource === undefined ? [] : [fromTrustedPublisher(resource, address, env)]),
    fromEnv("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"),
    ...saved,
    fromTokenFile(env),
  ];
}

const disabled: TokenSource = {
  name: "env HF_HUB_DISABLE_IMPLICIT_TOKEN",
  resolve: () =>
    unavailable(
      "HF_HUB_DISABLE_IMPLICIT_TOKEN is set, so that no place is looked at",
      "Unset HF_HUB_DISABLE_IMPLICIT_TOKEN, or pass the option token.",
    ),
};

/** As the Hub's library reads its switches. */
function isOn(value: string | undefined): boolean {
  return ["1", "ON", "YES", "TRUE"].includes(value?.trim().toUpperCase() ?? "");
}

/** Places that the Hub's library would send the token to, and that are not taken from a variable here. */
function warningsFrom(env: Environment, address: string): readonly string[] {
  const other = variable(env, "HF_ENDPOINT")?.trim().replace(/\/+$/, "") ?? "";
  return [
    ...(isOn(variable(env, "HUGGINGFACE_CO_STAGING"))
      ? ["HUGGINGFACE_CO_STAGING is set and not followed: pass the option baseUrl."]
      : []),
    ...(other === "" || other === address.replace(/\/+$/, "")
      ? []
      : ["HF_ENDPOINT is set and not followed: pass it as the option baseUrl if the token may go there."]),
  ];
}
