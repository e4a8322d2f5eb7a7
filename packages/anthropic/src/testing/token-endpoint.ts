import { ownText } from "@auth/core";
import type { LoopbackAnswer, LoopbackRequest } from "@auth/testing/loopback";

import { type AnthropicProblem, problemAnswer, problems, successAnswer } from "./envelope.ts";
import { parsed } from "./handlers.ts";
import { completeToken, type TokenTable } from "./token-table.ts";

/** What a workload may be given a token for. */
export interface FakeAnthropicFederation {
  /** `fdrl_…` */
  readonly ruleId: string;
  /** The organization's UUID. */
  readonly organizationId: string;
  /** The identity tokens that the rule accepts. */
  readonly assertions: readonly string[];
}

export interface TokenEndpointOptions {
  readonly tokens: TokenTable;
  readonly federation: FakeAnthropicFederation;
  /** Refresh tokens that are good, each once. */
  readonly refreshTokens: Set<string>;
  readonly now: () => number;
}

const jwtGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** Seconds. */
const lifetime = 3600;

/** `POST /v1/oauth/token`: JSON or a form. */
export function createTokenEndpoint(
  options: TokenEndpointOptions,
): (request: LoopbackRequest) => LoopbackAnswer {
  const { tokens, federation, refreshTokens, now } = options;

  const missing = (name: string): AnthropicProblem => ({
    ...problems.badRequest,
    message: `${name}: Field required`,
  });

  function issue(more: object): LoopbackAnswer {
    const token = `sk-ant-oat01-${crypto.randomUUID()}`;
    tokens.set(token, completeToken(token, { expiresAt: now() + lifetime * 1000 }));
    const scope = "workspace:inference workspace:developer";
    return successAnswer({
      access_token: token,
      token_type: "Bearer",
      expires_in: lifetime,
      scope,
      ...more,
    });
  }

  return ({ headers, body }) => {
    const isJson = (headers["content-type"] ?? "").startsWith("application/json");
    const json = isJson ? parsed(body) : undefined;
    const form = new URLSearchParams(isJson ? "" : body);
    const given = (name: string): string | undefined => ownText(json, name) ?? form.get(name) ?? undefined;
    const betas = (headers["anthropic-beta"] ?? "").toString().split(/\s*,\s*/);
    const grant = given("grant_type");
    if (grant === "refresh_token") {
      const refresh = given("refresh_token");
      if (refresh === undefined) return problemAnswer(missing("refresh_token"));
      if (!refreshTokens.delete(refresh) || !betas.includes("oauth-2025-04-20"))
        return problemAnswer(problems.deniedAssertion);
      const next = `sk-ant-ort01-${crypto.randomUUID()}`;
      refreshTokens.add(next);
      return issue({ refresh_token: next });
    }
    if (grant !== jwtGrant) return problemAnswer(missing("grant_type"));
    for (const name of ["assertion", "federation_rule_id", "organization_id"])
      if (given(name) === undefined) return problemAnswer(missing(name));
    const isGood =
      given("federation_rule_id") === federation.ruleId &&
      given("organization_id") === federation.organizationId &&
      federation.assertions.includes(given("assertion") ?? "") &&
      betas.includes("oidc-federation-2026-04-01");
    // On purpose without a reason.
    return isGood ? issue({}) : problemAnswer(problems.deniedAssertion);
  };
}
