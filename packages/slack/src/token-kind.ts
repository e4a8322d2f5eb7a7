/** What a token is, by how it begins. `other`: an older kind, or what nobody has documented. */
export type SlackTokenKind = "bot" | "user" | "app" | "workflow" | "refresh" | "other";

const kinds: readonly (readonly [pattern: RegExp, kind: SlackTokenKind])[] = [
  [/^(?:xoxe\.)?xoxb-/, "bot"],
  [/^(?:xoxe\.)?xoxp-/, "user"],
  [/^xapp-/, "app"],
  [/^xwfp-/, "workflow"],
  // One dot makes the difference to an access token that rotates.
  [/^xoxe-/, "refresh"],
];

/** The kind of a token, for a hint. Nothing is refused by it: Slack may add kinds, and has older ones. */
export function kindOf(token: string): SlackTokenKind {
  return kinds.find(([pattern]) => pattern.test(token))?.[1] ?? "other";
}

/**
 * Whatever begins as Slack's tokens do, anywhere in a text: for scanners. Lengths and alphabets are not documented.
 *
 * @see https://docs.slack.dev/authentication/tokens (read 2026-11)
 */
export const tokenPattern = /^(?:xoxe\.xox[bp]-|xox[abeprs]-|xapp-|xwfp-)[\w-]{10,500}$/;
