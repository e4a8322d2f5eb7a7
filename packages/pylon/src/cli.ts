#!/usr/bin/env node
import { runCommand, savedLoginOptions, tokenLogins } from "@auth/cli";

await runCommand(async () => {
  const { login, logout, pylon } = await import("./index.ts");
  return {
    provider: pylon,
    variable: "PYLON_API_TOKEN",
    variables: ["PYLON_API_TOKEN", "PYLON_API_KEY"],
    options: [
      {
        flags: "--region <region>",
        description: "where the organization lives",
        choices: ["us", "eu"],
        apply: (region) => ({ region: region as "us" | "eu" }),
      },
      ...savedLoginOptions,
    ],
    logins: tokenLogins({
      provider: pylon,
      login,
      logout,
      title: "An API token, made by an admin",
      question: "API token",
      howTo: (tokenUrl) => `An admin makes a token at ${tokenUrl}`,
      afterLogout: "The token stays valid until an admin revokes it on Pylon's page.",
    }),
    fake: {
      operations: ["GET /me", "GET /issues", "GET /issues/{id}", "GET /accounts"],
      async start() {
        const { startFakePylon } = await import("./testing/index.ts");
        const token = "pylon-fake-token";
        const fake = await startFakePylon({ tokens: { [token]: {} } });
        return {
          ...fake,
          environment: { PYLON_API_TOKEN: token },
          script: (operation, answer) => fake.script(operation as "GET /me", answer),
        };
      },
    },
  };
});
