#!/usr/bin/env node
import { runCommand, savedLoginOptions, tokenLogins } from "@auth/cli";

await runCommand(async () => {
  const { slack, login, logout } = await import("./index.ts");
  return {
    provider: slack,
    variable: "SLACK_BOT_TOKEN",
    variables: ["SLACK_BOT_TOKEN", "SLACK_USER_TOKEN", "SLACK_TOKEN"],
    options: [
      {
        flags: "--host <host>",
        description: "Slack, or GovSlack",
        choices: ["slack.com", "slack-gov.com"],
        apply: (host) => ({ host: host as "slack.com" }),
      },
      ...savedLoginOptions,
    ],
    logins: tokenLogins({
      provider: slack,
      login,
      logout,
      title: "A bot's or a user's token of an app",
      question: "Token",
      howTo: (tokenUrl) => `The tokens of an app are under OAuth & Permissions at ${tokenUrl}`,
      afterLogout: "The token stays valid: to revoke it uninstalls the app.",
    }),
    fake: {
      operations: ["auth.test", "conversations.list", "chat.postMessage"],
      async start() {
        const { startFakeSlack } = await import("./testing/index.ts");
        const token = "slack-fake-token";
        const fake = await startFakeSlack({ tokens: { [token]: {} } });
        return {
          ...fake,
          environment: { SLACK_BOT_TOKEN: token },
          script: (operation, answer) => fake.script(operation as "auth.test", answer),
        };
      },
    },
  };
});
