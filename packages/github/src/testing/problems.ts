import type { LoopbackAnswer } from "@auth/testing/loopback";

/** A refusal as GitHub gives it. */
export interface GitHubProblem {
  readonly status: number;
  readonly message: string;
  /** Below `https://docs.github.com/`. Default: `rest`. */
  readonly documentation?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Members beside message, documentation_url and status. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** Sent as it is, instead of JSON. */
  readonly page?: string;
}

/** A refusal that the fake can give, by name. */
export type GitHubProblemName =
  | "bad_credentials"
  | "requires_authentication"
  | "jwt_undecodable"
  | "jwt_expiry_too_far"
  | "jwt_expired"
  | "jwt_issued_at"
  | "primary_rate_limit"
  | "secondary_rate_limit"
  | "login_attempts"
  | "saml"
  | "integration"
  | "fine_grained"
  | "role"
  | "classic_forbidden"
  | "lifetime_forbidden"
  | "oauth_app_restricted"
  | "ip_allow_list"
  | "account_suspended"
  | "installation_suspended"
  | "user_agent"
  | "not_found"
  | "not_found_scopes"
  | "version_unknown"
  | "version_retired"
  | "unprocessable"
  | "blocked"
  | "server_error";

/** The refusals by name. The texts are GitHub's as recorded; the comments say where one is not. */
export const problems: Readonly<Record<GitHubProblemName, GitHubProblem>> = {
  bad_credentials: { status: 401, message: "Bad credentials" },
  // Counted as a request of nobody: the limits are in the answer.
  requires_authentication: { status: 401, message: "Requires authentication" },
  jwt_undecodable: { status: 401, message: "A JSON web token could not be decoded" },
  jwt_expiry_too_far: {
    status: 401,
    message: "'Expiration time' claim ('exp') is too far in the future",
  },
  jwt_expired: {
    status: 401,
    message:
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
  },
  jwt_issued_at: {
    status: 401,
    message:
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
  },
  primary_rate_limit: {
    status: 403,
    message: "API rate limit exceeded for user ID 1.",
    documentation: "rest/overview/rate-limits-for-the-rest-api",
    headers: { "x-ratelimit-remaining": "0" },
  },
  secondary_rate_limit: {
    status: 403,
    message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    documentation: "rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
    headers: { "retry-after": "60" },
  },
  // Recorded in 2012. Today's text is not known.
  login_attempts: { status: 403, message: "Max number of login attempt exceeded" },
  saml: {
    status: 403,
    message:
      "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.",
    headers: {
      "x-github-sso": "required; url=https://github.com/orgs/acme/sso?authorization_request=AAAA",
    },
  },
  integration: {
    status: 403,
    message: "Resource not accessible by integration",
    headers: { "x-accepted-github-permissions": "issues=write" },
  },
  fine_grained: {
    status: 403,
    message: "Resource not accessible by personal access token",
    headers: { "x-accepted-github-permissions": "issues=write; pull_requests=write" },
  },
  role: {
    status: 403,
    message: "Must have admin rights to Repository.",
    headers: { "x-oauth-scopes": "gist", "x-accepted-oauth-scopes": "admin:repo_hook, repo" },
  },
  classic_forbidden: {
    status: 403,
    message:
      "`acme` forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a personal access token with fine-grained permissions.",
  },
  lifetime_forbidden: {
    status: 403,
    message:
      "The 'acme' organization forbids access via a fine-grained personal access tokens if the token's lifetime is greater than 366 days.",
  },
  oauth_app_restricted: {
    status: 403,
    message:
      "Although you appear to have the correct authorization credentials, the `acme` organization has enabled OAuth App access restrictions, meaning that data access to third-parties is limited.",
  },
  ip_allow_list: {
    status: 403,
    message:
      "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.",
  },
  account_suspended: { status: 403, message: "Sorry. Your account was suspended" },
  installation_suspended: { status: 403, message: "This installation has been suspended" },
  user_agent: {
    status: 403,
    message: "",
    headers: { "content-type": "text/html", connection: "close" },
    page: "Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.",
  },
  not_found: { status: 404, message: "Not Found" },
  // One whose scopes do not suffice is told nothing else than what is not there.
  not_found_scopes: {
    status: 404,
    message: "Not Found",
    headers: { "x-oauth-scopes": "gist", "x-accepted-oauth-scopes": "repo" },
  },
  version_unknown: {
    status: 400,
    message: "Bad Request",
    more: { errors: "The version you specified is not supported." },
  },
  // That a version is 410 when it has ended is documented, the text is not.
  version_retired: { status: 410, message: "Gone" },
  unprocessable: { status: 422, message: "Unprocessable Entity" },
  blocked: {
    status: 451,
    message: "Repository access blocked",
    more: {
      block: {
        reason: "dmca",
        created_at: "2026-01-01T00:00:00Z",
        html_url: "https://github.com/github/dmca",
      },
    },
  },
  server_error: { status: 502, message: "Server Error" },
};

/** The answer for a refusal. `statusMember`: whether the body repeats the status, as GitHub's does since 2025. */
export function problemAnswer(
  problem: GitHubProblem,
  { statusMember }: { readonly statusMember: boolean },
): LoopbackAnswer {
  const { status, message, documentation = "rest", headers = {}, more, page } = problem;
  const body = page ?? {
    message,
    ...more,
    documentation_url: `https://docs.github.com/${documentation}`,
    ...(statusMember && { status: String(status) }),
  };
  return { status, headers, body };
}

/** What GitHub has to say about a status, when a test asks for that alone. */
export function problemOf(status: number): GitHubProblem {
  const usual: readonly GitHubProblem[] = [problems.bad_credentials, problems.fine_grained];
  return (
    [...usual, ...Object.values(problems)].find((problem) => problem.status === status) ?? {
      ...problems.server_error,
      status,
    }
  );
}
