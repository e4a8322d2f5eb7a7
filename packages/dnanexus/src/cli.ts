#!/usr/bin/env node
import { runCommand } from "@auth/cli";

await runCommand(async () => {
  const [{ dnanexus }, { dnanexusLogins }, { awsHelper }, { googleHelper }] = await Promise.all([
    import("./index.ts"),
    import("./cli/logins.ts"),
    import("./cli/aws-helper.ts"),
    import("./cli/google-helper.ts"),
  ]);
  return {
    provider: dnanexus,
    variable: "DX_SECURITY_CONTEXT",
    environment: (token) => ({
      DX_SECURITY_CONTEXT: JSON.stringify({ auth_token_type: "Bearer", auth_token: token }),
    }),
    options: [
      {
        flags: "--no-sessions",
        description: "pass over the login of this terminal",
        apply: (sessions) => ({ sessions: Boolean(sessions) }),
      },
    ],
    logins: dnanexusLogins,
    helpers: { aws: awsHelper, google: googleHelper },
    fake: {
      operations: ["/system/whoami", "/user-xxxx/describe", "/system/newAuthToken"],
      async start() {
        const { startFakeDNAnexus } = await import("./testing/index.ts");
        const token = "dnanexus-fake-token";
        const fake = await startFakeDNAnexus({
          tokens: { [token]: "alice" },
          users: { alice: { password: "alice-password" } },
        });
        return { ...fake, environment: fake.environment(token) };
      },
    },
  };
});
