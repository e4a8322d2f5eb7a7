/** An operation of the fake: method and path template, below the address of the REST API but for the last. */
export type GitHubOperation =
  | "GET /"
  | "GET /user"
  | "GET /user/repos"
  | "GET /rate_limit"
  | "GET /installation/repositories"
  | "DELETE /installation/token"
  | "GET /app"
  | "GET /app/installations"
  | "GET /app/installations/{id}"
  | "POST /app/installations/{id}/access_tokens"
  | "GET /orgs/{account}/installation"
  | "GET /users/{account}/installation"
  | "GET /repos/{owner}/{repo}/installation"
  | "GET /repos/{owner}/{repo}"
  | "GET /repos/{owner}/{repo}/issues"
  | "POST /repos/{owner}/{repo}/issues"
  | "GET /repos/{owner}/{repo}/tarball/{ref}"
  | "POST /credentials/revoke"
  | "POST /graphql";

/** Whether it can be asked without a token, with one, or with an app's JWT alone. */
type Access = "anyone" | "token" | "app";

const operations: Readonly<Record<GitHubOperation, Access>> = {
  "GET /": "anyone",
  "GET /user": "token",
  "GET /user/repos": "token",
  "GET /rate_limit": "anyone",
  "GET /installation/repositories": "token",
  "DELETE /installation/token": "token",
  "GET /app": "app",
  "GET /app/installations": "app",
  "GET /app/installations/{id}": "app",
  "POST /app/installations/{id}/access_tokens": "app",
  "GET /orgs/{account}/installation": "app",
  "GET /users/{account}/installation": "app",
  "GET /repos/{owner}/{repo}/installation": "app",
  "GET /repos/{owner}/{repo}": "token",
  "GET /repos/{owner}/{repo}/issues": "token",
  "POST /repos/{owner}/{repo}/issues": "token",
  "GET /repos/{owner}/{repo}/tarball/{ref}": "token",
  "POST /credentials/revoke": "anyone",
  "POST /graphql": "token",
};

/** Where a request leads. */
export interface Route {
  readonly operation: GitHubOperation;
  /** What the path has where its template has names. */
  readonly parts: Readonly<Record<string, string>>;
  readonly access: Access;
  /** Whether it came by the paths of an Enterprise Server. */
  readonly enterprise: boolean;
}

/** Throws for an operation that the fake does not have: a test with a slip in it must not pass. */
export function knownOperation(text: string): void {
  if (!Object.hasOwn(operations, text)) throw new TypeError(`The fake has no operation "${text}".`);
}

/** The operation of a request, by either of the two ways to write a path. `undefined`: there is none. */
export function routeOf(method: string, path: string): Route | undefined {
  const asked = belowApi(path);
  if (asked === undefined) return undefined;
  for (const [operation, access] of Object.entries(operations) as [GitHubOperation, Access][]) {
    const [verb, template = ""] = operation.split(" ");
    const parts = verb === method ? partsOf(template, asked) : undefined;
    if (parts !== undefined) return { operation, parts, access, enterprise: path.startsWith("/api/") };
  }
  return undefined;
}

function belowApi(path: string): string | undefined {
  if (!path.startsWith("/api/")) return path;
  if (path === "/api/graphql") return "/graphql";
  const below = path.startsWith("/api/v3") ? path.slice("/api/v3".length) || "/" : undefined;
  // GraphQL is not below the REST API of an Enterprise Server.
  return below === "/graphql" ? undefined : below;
}

function partsOf(template: string, path: string): Record<string, string> | undefined {
  const [names, values] = [template.split("/"), path.split("/")];
  if (names.length !== values.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const value = values[index] ?? "";
    const [, part] = /^\{(\w+)\}$/.exec(name) ?? [];
    if (part === undefined ? name !== value : value === "") return undefined;
    if (part !== undefined) parts[part] = decodeURIComponent(value);
  }
  return parts;
}
