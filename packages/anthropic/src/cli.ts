#!/usr/bin/env node
import { runCommand } from "@auth/cli";

await runCommand(async () => {
  const { anthropic, login, logout } = await import("./index.ts");
  return {
    provider: anthropic,
    variable: "ANTHROPIC_API_KEY",
    variables: ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"],
    options: [
      {
        flags: "--key-header <header>",
        description: "the header that carries a key, for a gateway",
        choices: ["x-api-key", "authorization"],
        apply: (header) => ({ keyHeader: header as "x-api-key" }),
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
          title: "An API key, or an admin key",
          async run(ask, { login: name, ...options }) {
            ask.say(`Keys are made at ${anthropic(options).provider.tokenUrl}`);
            const token = await ask.secret("Key");
            const place = name === undefined || name === true ? {} : { name };
            const verification = await ask.waiting(
              "Asking Anthropic",
              login({ ...options, ...place, token }),
            );
            const call = name === undefined || name === true ? "true" : JSON.stringify(name);
            return { verification, kept: `A program uses it with anthropic({ login: ${call} }).` };
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
            ? "The saved login is deleted. The key stays valid until it is deleted at https://platform.claude.com/settings/keys."
            : "There is no saved login.",
        };
      },
    },
    fake: {
      operations: ["GET /v1/models", "POST /v1/messages"],
      async start() {
        const { startFakeAnthropic } = await import("./testing/index.ts");
        const token = "anthropic-fake-token";
        const fake = await startFakeAnthropic({ tokens: { [token]: {} } });
        return { ...fake, environment: { ANTHROPIC_API_KEY: token }, script: fake.script };
      },
    },
  };
});
