import type { ProviderCommand } from "../provider-command.ts";

/** The protocols of `helper` that this provider speaks. */
export function protocolsOf({ git, helpers = {} }: ProviderCommand): string[] {
  return [
    "token",
    "json",
    "headers",
    "bazel",
    "curl",
    ...(git === undefined ? [] : ["git"]),
    "kubernetes",
    ...Object.keys(helpers),
  ];
}
