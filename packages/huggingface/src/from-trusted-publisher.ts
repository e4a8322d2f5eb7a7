import {
  failed,
  type Environment,
  exchange,
  ownField,
  found,
  type SourceResult,
  ownText,
  type TokenSource,
  variable,
} from "@auth/core";

const given = "HF_OIDC_ID_TOKEN";
const requestToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
const requestUrl = "ACTIONS_ID_TOKEN_REQUEST_URL";

/**
 * The token that a trusted publisher is given for a resource such as `acme/tiny`: it lives for an hour and is made of the
 * identity token in `HF_OIDC_ID_TOKEN`, else of one that GitHub gives the job. As in the Hub's own library, who sets
 * `HF_OIDC_RESOURCE` wants this and nothing else: without an identity token the search ends.
 *
 * @see https://huggingface.co/docs/hub/trusted-publishers (read 2026-11)
 */
export function fromTrustedPublisher(resource: string, address: string, env: Environment): TokenSource {
  const hub = address.replace(/\/+$/, "");
  return exchange({
    name: "trusted publisher",
    material: { name: "identity token", resolve: () => findIdentity(env) },
    async trade(material, { call, now }) {
      const subject =
        material.source === `env ${given}`
          ? material.reveal()
          : await gitHubIdentity(material.reveal(), hub, env, call);
      const { body } = await call({
        url: `${hub}/oauth/token`,
        body: {
          grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
          subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
          subject_token: subject,
          resource,
        },
      });
      const token = ownText(body, "access_token");
      const seconds = ownField(body, "expires_in");
      if (token === undefined) throw failed("Hugging Face gave no token", "Try again later.");
      return found(token, typeof seconds === "number" ? { expiresAt: now() + seconds * 1000 } : {});
    },
  });
}

/** An identity token, or what GitHub gives one for. */
function findIdentity(env: Environment): SourceResult {
  const set = (name: string): string | undefined => variable(env, name)?.trim() || undefined;
  const idToken = set(given);
  if (idToken !== undefined) return found(idToken, { source: `env ${given}` });
  const token = set("GITHUB_ACTIONS") === "true" ? set(requestToken) : undefined;
  if (token !== undefined && set(requestUrl) !== undefined)
    return found(token, { source: `env ${requestToken}` });
  throw failed(
    "HF_OIDC_RESOURCE is set, and there is no identity token",
    `Set ${given}, or give the job of GitHub Actions the permission id-token: write.`,
  );
}

async function gitHubIdentity(
  token: string,
  hub: string,
  env: Environment,
  call: Parameters<Parameters<typeof exchange>[0]["trade"]>[1]["call"],
): Promise<string> {
  const address = variable(env, requestUrl)?.trim() ?? "";
  if (!URL.canParse(address)) throw failed(`${requestUrl} is no URL`, "Let GitHub Actions set it.");
  const url = new URL(address);
  url.searchParams.set("audience", hub);
  const { body } = await call({
    url: url.href,
    method: "GET",
    headers: { authorization: `Bearer ${token}` },
  });
  const identity = ownText(body, "value");
  if (identity === undefined) throw failed("GitHub gave no identity token", "Try again later.");
  return identity;
}
