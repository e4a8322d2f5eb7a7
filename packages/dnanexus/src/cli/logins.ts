import type { LoginResult, Logins } from "@auth/cli";

import {
  type DNAnexusIdentity,
  type DNAnexusOptions,
  type Login,
  login,
  loginWithToken,
  logout,
} from "../index.ts";
import { loginWithBrowser } from "../oauth.ts";

const authUrl = { flags: "--auth-url <url>", description: "another address of the auth server" };

/** The logins of the command: by password as `dx login`, by token as `dx login --token`, and through the browser. */
export const dnanexusLogins: Logins<DNAnexusOptions, DNAnexusIdentity> = {
  ways: [
    {
      id: "password",
      title: "User name and password, with a one-time code where the account has one",
      flags: [authUrl, { flags: "--username <name>", description: "the user name of the login page" }],
      async run(ask, options, typed) {
        const username = stringOf(typed["username"]) ?? (await ask.text("User name"));
        const password = await ask.secret("Password");
        const task = login({
          ...options,
          ...authUrlOf(typed),
          username,
          password,
          askForOtp: ({ attempt }) =>
            ask.secret(attempt === 1 ? "One-time code" : "One-time code, once more"),
        });
        return kept(await task);
      },
    },
    {
      id: "token",
      title: "A token, made on the web page",
      async run(ask, options, typed) {
        ask.say("A token is made at https://platform.dnanexus.com/ under Profile, API Tokens.");
        const token = await ask.secret("Token");
        const task = loginWithToken(token, { ...options, ...authUrlOf(typed) });
        return kept(await ask.waiting("Asking DNAnexus", task));
      },
    },
    {
      id: "browser",
      title: "The browser: only for programs that DNAnexus has registered",
      flags: [
        { flags: "--client-id <id>", description: "the id that DNAnexus gave the program, for the browser" },
        {
          flags: "--redirect-uri <uri>",
          description: "the registered address on this machine, for the browser",
        },
      ],
      async run(ask, options, typed) {
        const clientId = stringOf(typed["clientId"]) ?? (await ask.text("Client id"));
        const redirectUri = stringOf(typed["redirectUri"]) ?? (await ask.text("Redirect URI"));
        const task = loginWithBrowser({
          ...options,
          ...authUrlOf(typed),
          clientId,
          redirectUri,
          open: (url) => ask.say(`Open this page in your browser:\n${url}`),
        });
        return kept(await ask.waiting("Waiting for the browser", task));
      },
    },
  ],
  logoutFlags: [
    authUrl,
    {
      flags: "--force",
      description: "end a job's own token too, and with it all that the job could still do",
    },
  ],
  async logout(options, typed) {
    const { outcome, token, error, warnings } = await logout({
      ...options,
      ...authUrlOf(typed),
      force: typed["force"] === true,
    });
    const said = {
      ended: `The token from ${token?.source} is ended, and the saved login with it.`,
      refused: `The saved login is gone. DNAnexus did not end the token: ${error?.message}`,
      "not logged in": "There is no login.",
    }[outcome];
    return { found: outcome !== "not logged in", message: [said, ...warnings].join(" ") };
  },
};

function kept({ saved, warnings, ...verification }: Login): LoginResult<DNAnexusIdentity> {
  return {
    verification,
    kept: [`Saved in ${saved.join(", ")}: dx and dnanexus() use it.`, ...warnings].join(" "),
  };
}

function authUrlOf(typed: Readonly<Record<string, unknown>>): { readonly authUrl?: string } {
  const url = stringOf(typed["authUrl"]);
  return url === undefined ? {} : { authUrl: url };
}

function stringOf(typed: unknown): string | undefined {
  return typeof typed === "string" ? typed : undefined;
}
