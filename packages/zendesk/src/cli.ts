#!/usr/bin/env node
import { runCommand, savedLoginOptions, tokenLogins } from "@auth/cli";

await runCommand(async () => {
  const { login, logout, zendesk } = await import("./index.ts");
  return {
    provider: zendesk,
    variable: "ZENDESK_OAUTH_TOKEN",
    variables: ["ZENDESK_OAUTH_TOKEN", "ZENDESK_API_TOKEN"],
    options: [
      {
        flags: "--subdomain <subdomain>",
        description: "the account: acme of acme.zendesk.com",
        apply: (subdomain) => ({ subdomain: String(subdomain) }),
      },
      {
        flags: "--email <email>",
        description: "the user of an API token",
        apply: (email) => ({ email: String(email) }),
      },
      ...savedLoginOptions,
      {
        flags: "--zcli",
        description: "the login of ZCLI, after the variables",
        apply: () => ({ zcli: true }),
      },
    ],
    logins: tokenLogins({
      provider: zendesk,
      login,
      logout,
      title: "An OAuth access token of the account",
      question: "OAuth access token",
      async complete(ask, { subdomain = "" }) {
        return subdomain === "" ? { subdomain: await ask.text("Subdomain (acme of acme.zendesk.com)") } : {};
      },
      afterLogout: "The token stays valid until it ends.",
    }),
    fake: {
      operations: [
        "GET /api/v2/users/me",
        "GET /api/v2/tickets",
        "GET /api/v2/tickets/{id}",
        "GET /api/v2/users",
      ],
      async start() {
        const { startFakeZendesk } = await import("./testing/index.ts");
        const token = "zendesk-fake-token";
        const fake = await startFakeZendesk({ tokens: { [token]: {} } });
        return {
          ...fake,
          environment: { ZENDESK_OAUTH_TOKEN: token },
          script: (operation, answer) => fake.script(operation as "GET /api/v2/tickets", answer),
        };
      },
    },
  };
});
