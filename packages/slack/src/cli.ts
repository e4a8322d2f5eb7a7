#!/usr/bin/env node
import { runCommand } from "@auth/cli";

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
      {
        flags: "--login [name]",
        description: "a saved login, after the variables; without a name, the one without",
        apply: (name) => ({ login: name }),
      },
      {
        flags: "--login-file <path>",
        description: "the file in which logins are kept, in place of the keychain",
        apply: (file) => ({ store: { file: String(file) } }),
      },
    ],
    logins: {
      ways: [
        {
          id: "token",
          title: "A bot's or a user's token of an app",
          async run(ask, { login: name, ...options }) {
            ask.say(
              `The tokens of an app are under OAuth & Permissions at ${slack(options).provider.tokenUrl}`,
            );
            const token = await ask.secret("Token");
            const place = name === undefined || name === true ? {} : { name };
            const verification = await ask.waiting("Asking Slack", login({ ...options, ...place, token }));
            const call = name === undefined || name === true ? "true" : JSON.stringify(name);
            return { verification, kept: `A program uses it with slack({ login: ${call} }).` };
          },
        },
      ],
      async logout({ login: name, ...options }) {
        const found = await logout({
          ...(typeof name === "string" && { name }),
          ...(options.store !== undefined && { store: options.store }),
        });
        return {
          found,
          message: found
            ? "The saved login is deleted. The token stays valid: to revoke it uninstalls the app."
            : "There is no saved login.",
        };
      },
    },
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
