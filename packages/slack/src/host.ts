import { failed } from "@auth/core";

/** Slack, or GovSlack: an instance of its own, with its own apps and tokens. */
export type SlackHost = "slack.com" | "slack-gov.com";

interface HostAddresses {
  readonly baseUrl: string;
  /** Everything that may receive a token. */
  readonly origins: readonly string[];
  /** The page of the apps, where tokens are. */
  readonly tokenUrl: string;
}

/** A constant of its own, so that a bundler can leave the provider out of a program that does not use it. */
export const appsUrl = "https://api.slack.com/apps";

/**
 * Nobody has written down that GovSlack keeps its files at `files.slack-gov.com`, so that is left to the option `alsoOrigins`.
 *
 * @see https://docs.slack.dev/govslack (read 2026-11)
 */
export const hosts: Readonly<Record<SlackHost, HostAddresses>> = {
  "slack.com": {
    baseUrl: "https://slack.com/api",
    origins: ["https://slack.com", "https://files.slack.com"],
    tokenUrl: appsUrl,
  },
  "slack-gov.com": {
    baseUrl: "https://slack-gov.com/api",
    origins: ["https://slack-gov.com"],
    tokenUrl: "https://api.slack-gov.com/apps",
  },
};

/** The option `host`, else `slack.com`. It becomes a host name, so that nothing else is taken. */
export function readHost(option: unknown): SlackHost {
  if (option === undefined) return "slack.com";
  if (option === "slack.com" || option === "slack-gov.com") return option;
  throw failed(
    'the option host is neither "slack.com" nor "slack-gov.com"',
    'Pass host: "slack-gov.com" for GovSlack, and no host otherwise.',
  );
}
