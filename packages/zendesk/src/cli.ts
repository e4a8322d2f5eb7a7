#!/usr/bin/env node
import { runCommand } from "@auth/cli";

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
      {
        flags: "--zcli",
        description: "the login of ZCLI, after the variables",
        apply: () => ({ zcli: true }),
      },
    ],
    logins: {
      ways: [
        {
          id: "token",
          title: "An OAuth access token of the account",
          async run(ask, { login: name, subdomain = "", ...options }) {
            const account =
              subdomain === "" ? await ask.text("Subdomain (acme of acme.zendesk.com)") : subdomain;
            const token = await ask.secret("OAuth access token");
            const place = name === undefined || name === true ? {} : { name };
            const asked = login({ ...options, ...place, subdomain: account, token });
            const verification = await ask.waiting("Asking Zendesk", asked);
            const call = name === undefined || name === true ? "true" : JSON.stringify(name);
            return { verification, kept: `A program uses it with zendesk({ login: ${call} }).` };
          },
        },
      ],
      async logout({ login: name, store }) {
        const found = await logout({
          ...(typeof name === "string" && { name }),
          ...(store !== undefined && { store }),
        });
        return {
          found,
          message: found
            ? "The saved login is deleted. The token stays valid until it ends."
            : "There is no saved login.",
        };
      },
    },
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
