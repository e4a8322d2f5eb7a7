#!/usr/bin/env node
import { runCommand } from "@auth/cli";

await runCommand(async () => {
  const { huggingface, login, logout } = await import("./index.ts");
  return {
    provider: huggingface,
    variable: "HF_TOKEN",
    variables: ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"],
    options: [
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
          title: "A User Access Token",
          async run(ask, { login: name, ...options }) {
            ask.say(`Tokens are made at ${huggingface(options).provider.tokenUrl}`);
            const token = await ask.secret("Token");
            const place = name === undefined || name === true ? {} : { name };
            const verification = await ask.waiting(
              "Asking Hugging Face",
              login({ ...options, ...place, token }),
            );
            const call = name === undefined || name === true ? "true" : JSON.stringify(name);
            return { verification, kept: `A program uses it with huggingface({ login: ${call} }).` };
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
            ? "The saved login is deleted. The token stays valid until it is revoked at https://huggingface.co/settings/tokens."
            : "There is no saved login.",
        };
      },
    },
    // As `hf auth login` gives it to git. The user name is not looked at.
    git: { hosts: ["huggingface.co"], username: "hf_user" },
    fake: {
      operations: ["GET /api/whoami-v2", "GET /api/models"],
      async start() {
        const { startFakeHuggingFace } = await import("./testing/index.ts");
        const token = "huggingface-fake-token";
        const fake = await startFakeHuggingFace({ tokens: { [token]: {} } });
        return { ...fake, environment: { HF_TOKEN: token }, script: fake.script };
      },
    },
  };
});
