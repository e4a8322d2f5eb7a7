#!/usr/bin/env node
import { runCommand, savedLoginOptions, tokenLogins } from "@auth/cli";

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
      ...savedLoginOptions,
    ],
    logins: tokenLogins({
      provider: anthropic,
      login,
      logout,
      title: "An API key, or an admin key",
      question: "Key",
      howTo: (tokenUrl) => `Keys are made at ${tokenUrl}`,
      afterLogout: "The key stays valid until it is deleted at https://platform.claude.com/settings/keys.",
    }),
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
