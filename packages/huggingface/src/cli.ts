#!/usr/bin/env node
import { runCommand, savedLoginOptions, tokenLogins } from "@auth/cli";

await runCommand(async () => {
  const { huggingface, login, logout } = await import("./index.ts");
  return {
    provider: huggingface,
    variable: "HF_TOKEN",
    variables: ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"],
    options: [...savedLoginOptions],
    logins: tokenLogins({
      provider: huggingface,
      login,
      logout,
      title: "A User Access Token",
      question: "Token",
      howTo: (tokenUrl) => `Tokens are made at ${tokenUrl}`,
      afterLogout: "The token stays valid until it is revoked at https://huggingface.co/settings/tokens.",
    }),
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
