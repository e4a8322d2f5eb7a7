import { failed, type Environment, variable } from "@auth/core";

/** One GitHub: github.com, a company's on `ghe.com`, or a server of one's own. */
export interface GitHubHost {
  /** As `gh` writes it: `github.com`, `acme.ghe.com`, `github.example.com:8443`. */
  readonly name: string;
  /** Address of the REST API. */
  readonly baseUrl: string;
  /** What else receives the token. */
  readonly uploads: readonly string[];
  /** The environment variables with a token for it, in order. Those of the two kinds of host are never mixed. */
  readonly variables: readonly string[];
  /** The page where a person makes a token. */
  readonly tokenUrl: string;
}

/** A constant of its own, so that a bundler can leave the provider out of a program that does not use it. */
export const tokenUrl = "https://github.com/settings/tokens";

const cloudVariables = ["GH_TOKEN", "GITHUB_TOKEN"];
const serverVariables = ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];

/**
 * The host of the option, else the one that a `baseUrl` is the address of, else `GH_HOST`, else `github.com`. Blank counts as
 * not given.
 *
 * @see https://cli.github.com/manual/gh_help_environment (read 2026-11)
 */
export function readHost(option: unknown, env: Environment, baseUrl?: string): GitHubHost {
  return describeHost(
    parse(option, "the option host", 'Pass the name alone: host: "github.example.com".') ??
      hostAt(baseUrl) ??
      parse(
        variable(env, "GH_HOST"),
        "GH_HOST",
        "Set GH_HOST to the name alone, as in github.example.com, or unset it.",
      ) ??
      "github.com",
  );
}

/** The host whose REST API has this address, if its form tells. */
export function hostAt(baseUrl: string | undefined): string | undefined {
  if (typeof baseUrl !== "string" || !URL.canParse(baseUrl)) return undefined;
  const { host, pathname } = new URL(baseUrl);
  if (host === "api.github.com") return "github.com";
  const [, tenant] = /^api\.([^.]+\.ghe\.com)$/.exec(host) ?? [];
  return tenant ?? (/^\/api\/v3\/?$/.test(pathname) ? host : undefined);
}

/**
 * The address of the GraphQL API beside a REST API: `https://api.github.com/graphql`, and on a server of one's own
 * `https://HOST/api/graphql`, which is not below its REST API.
 */
export function graphqlUrl({ baseUrl }: { readonly baseUrl: string }): string {
  return `${baseUrl.replace(/\/+$/, "").replace(/\/api\/v3$/, "/api")}/graphql`;
}

/** What `explain` says of a token that is there, and for the other kind of host. */
export function hostWarnings({ name, variables }: GitHubHost, env: Environment): string[] {
  const isSet = (one: string): boolean => (variable(env, one) ?? "").trim() !== "";
  const others = variables === cloudVariables ? serverVariables : cloudVariables;
  const set = others.find(isSet);
  if (set === undefined || variables.some(isSet)) return [];
  const kind = variables === cloudVariables ? "an Enterprise Server" : "github.com";
  return [`${set} is for ${kind}, and is not sent to ${name}, whose token is looked for in ${variables[0]}.`];
}

function describeHost(name: string): GitHubHost {
  // The page has this path on github.com. That it has it elsewhere too is a likeness, not something that GitHub says.
  const page = `https://${name}/settings/tokens`;
  if (name === "github.com") {
    return {
      name,
      baseUrl: "https://api.github.com",
      uploads: ["https://uploads.github.com"],
      variables: cloudVariables,
      tokenUrl,
    };
  }
  // Where release assets are uploaded on ghe.com is not documented, so that they go without the token.
  if (name.endsWith(".ghe.com"))
    return { name, baseUrl: `https://api.${name}`, uploads: [], variables: cloudVariables, tokenUrl: page };
  return { name, baseUrl: `https://${name}/api/v3`, uploads: [], variables: serverVariables, tokenUrl: page };
}

/** As `gh` reads a host. The value itself is not quoted: what stands in the wrong variable may be the token. */
function parse(value: unknown, place: string, remedy: string): string | undefined {
  const text = typeof value === "string" ? value.trim().toLowerCase() : value;
  if (text === undefined || text === "") return undefined;
  const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
  const form = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[0-9a-f:]+\\])(?::\\d{1,5})?$`);
  if (typeof text !== "string" || !form.test(text) || !URL.canParse(`https://${text}`))
    throw failed(`${place} is not the name of a host`, remedy);
  if (text === "github.com" || text.endsWith(".github.com")) return "github.com";
  const [, tenant] = /([^.]+\.ghe\.com)$/.exec(text) ?? [];
  return tenant ?? text;
}
