import { failed, fromEnv, type TokenSource } from "@auth/core";

const variableName = "ZENDESK_API_TOKEN";

/** The name of the source, by which the form of its token is picked. */
export const apiTokenSource = `env ${variableName}`;

/** An API token, which says nothing without the email of its user. */
export function fromApiToken(email: string | undefined): TokenSource {
  const variable = fromEnv(variableName);
  return {
    ...variable,
    async resolve(context) {
      const result = await variable.resolve(context);
      if (result.outcome !== "found" || email !== undefined) return result;
      if (result.reveal().trim() === "") return result;
      throw failed(
        `${variableName} is an API token, and the email of its user is not known`,
        "Set ZENDESK_EMAIL, or use an OAuth access token in ZENDESK_OAUTH_TOKEN.",
      );
    },
  };
}
