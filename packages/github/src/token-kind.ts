/**
 * What a token is by its beginning. `unknown` is every other form: the 40 hexadecimal digits of before 2021, and whatever comes
 * next.
 */
export type GitHubTokenKind =
  | "classic"
  | "fine-grained"
  | "oauth"
  | "user-to-server"
  | "installation"
  | "refresh"
  | "app"
  | "unknown";

const prefixes: ReadonlyMap<string, GitHubTokenKind> = new Map([
  ["ghp_", "classic"],
  ["github_pat_", "fine-grained"],
  ["gho_", "oauth"],
  ["ghu_", "user-to-server"],
  ["ghs_", "installation"],
  ["ghr_", "refresh"],
  // An installation's, until 2021.
  ["v1.", "installation"],
]);

/**
 * The kind of a token. Only its beginning is looked at: since April 2026 an installation's token is `ghs_`, a number and a JWT,
 * about 520 characters long, and GitHub says not to read what is in it.
 *
 * @see https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available/ (read 2026-11)
 * @see https://github.blog/changelog/2026-04-24-notice-about-upcoming-new-format-for-github-app-installation-tokens/ (read 2026-11)
 */
export function tokenKindOf(token: string): GitHubTokenKind {
  for (const [prefix, kind] of prefixes) if (token.startsWith(prefix)) return kind;
  return /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/.test(token) ? "app" : "unknown";
}

/**
 * What GitHub's tokens look like, for scanners, masks and hints. A JWT's alphabet has the hyphen, which the pattern that GitHub
 * recommends would cut off. The 40 hexadecimal digits of before 2021 look like anything.
 */
export const tokenPattern =
  /^(?:gh[oprsu]_[\w.-]{16,}|github_pat_\w{16,}|v1\.[0-9a-f]{40}|eyJ[\w-]+\.[\w-]+\.[\w-]+)$/;
