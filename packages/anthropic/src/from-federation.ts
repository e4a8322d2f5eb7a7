import {
  type Environment,
  exchange,
  failed,
  found,
  ownField,
  ownText,
  type SourceContext,
  type SourceResult,
  type TokenSource,
  unavailable,
  variable,
} from "@auth/core";

const ruleVariable = "ANTHROPIC_FEDERATION_RULE_ID";
const organizationVariable = "ANTHROPIC_ORGANIZATION_ID";
const identityVariable = "ANTHROPIC_IDENTITY_TOKEN";
const identityFileVariable = "ANTHROPIC_IDENTITY_TOKEN_FILE";

/**
 * A workload's token: made of the identity token that its platform gives it, for as long as the federation rule says. The
 * file is read for each trade, since the platform renews what is in it. Set up by the variables that the SDKs read;
 * `undefined` where `ANTHROPIC_FEDERATION_RULE_ID` is not set.
 *
 * @see https://platform.claude.com/docs/en/manage-claude/workload-identity-federation (read 2026-11)
 */
export function fromFederation(address: string, env: Environment): TokenSource | undefined {
  const set = (name: string): string | undefined => variable(env, name)?.trim() || undefined;
  const rule = set(ruleVariable);
  if (rule === undefined) return undefined;
  const organization = set(organizationVariable);
  const optional = {
    service_account_id: set("ANTHROPIC_SERVICE_ACCOUNT_ID"),
    workspace_id: set("ANTHROPIC_WORKSPACE_ID"),
  };
  return exchange({
    name: "workload identity federation",
    material: { name: "identity token", resolve: (context) => findIdentity(set, context) },
    async trade(material, { call, now }) {
      if (organization === undefined)
        throw failed(
          `${ruleVariable} is set without ${organizationVariable}`,
          `Set ${organizationVariable} to the organization's UUID.`,
        );
      const { body } = await call({
        url: `${address.replace(/\/+$/, "")}/v1/oauth/token`,
        headers: { "anthropic-beta": "oauth-2025-04-20,oidc-federation-2026-04-01" },
        body: {
          grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
          assertion: material.reveal(),
          federation_rule_id: rule,
          organization_id: organization,
          ...optional,
        },
      });
      const token = ownText(body, "access_token");
      const seconds = ownField(body, "expires_in");
      if (token === undefined || ownText(body, "token_type") !== "Bearer" || typeof seconds !== "number")
        throw failed("Anthropic gave no token of the documented form", "Try again later.");
      return found(token, { expiresAt: now() + seconds * 1000 });
    },
  });
}

/** The file comes before the variable, as in the SDKs. */
async function findIdentity(
  set: (name: string) => string | undefined,
  context: SourceContext,
): Promise<SourceResult> {
  const file = set(identityFileVariable);
  if (file !== undefined) {
    const { fromFile } = await import("#machine");
    if (fromFile === undefined)
      throw failed(
        `${identityFileVariable} needs Node.js, Bun or Deno (of a bundler, the condition node)`,
        `Set ${identityVariable}, or pass the option token.`,
      );
    // Platforms mount it for whoever runs the program.
    return fromFile(file, {
      permissions: "any",
      remedy: "Have the platform give the workload a token.",
    }).resolve(context);
  }
  const text = set(identityVariable);
  if (text !== undefined) return found(text, { source: `env ${identityVariable}` });
  return unavailable(
    `${ruleVariable} is set, and there is no identity token`,
    `Set ${identityFileVariable} or ${identityVariable}.`,
  );
}
