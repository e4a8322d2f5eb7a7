#!/usr/bin/env node
import { runCommand } from "@auth/cli";

await runCommand(async () => {
  const { github } = await import("./index.ts");
  return {
    provider: github,
    variable: "GH_TOKEN",
    variables: ["GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"],
    options: [
      {
        flags: "--host <host>",
        description: "the GitHub that is meant: github.com, acme.ghe.com, github.example.com",
        apply: (host) => ({ host: String(host) }),
      },
    ],
    elsewhere: "Run gh auth login.",
    // With another host the token is that host's, and no password for this one.
    git: { hosts: ["github.com"], username: "x-access-token", origin: "https://api.github.com" },
    fake: {
      operations: [
        "GET /",
        "GET /user",
        "GET /user/repos",
        "GET /repos/{owner}/{repo}/issues",
        "POST /graphql",
      ],
      async start() {
        const { startFakeGitHub } = await import("./testing/index.ts");
        const token = "ghp_github-fake-token";
        const fake = await startFakeGitHub({ tokens: { [token]: {} } });
        return {
          ...fake,
          environment: { GH_TOKEN: token },
          script: (operation, answer) => fake.script(operation as "GET /user", answer),
        };
      },
    },
  };
});
