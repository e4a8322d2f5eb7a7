#!/usr/bin/env node
import { runCommand } from "@auth/cli";

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
          title: "An API token, made by an admin",
          async run(ask, { login: name, ...options }) {
            const { tokenUrl } = pylon(options).provider;
            ask.say(`An admin makes a token at ${tokenUrl}`);
            const token = await ask.secret("API token");
            const place = name === undefined || name === true ? {} : { name };
            const verification = await ask.waiting("Asking Pylon", login({ ...options, ...place, token }));
            const call = name === undefined || name === true ? "true" : JSON.stringify(name);
            return { verification, kept: `A program uses it with pylon({ login: ${call} }).` };
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
            ? "The saved login is deleted. The token stays valid until an admin revokes it on Pylon's page."
            : "There is no saved login.",
        };
      },
    },
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
