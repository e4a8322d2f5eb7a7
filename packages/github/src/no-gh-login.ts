import { type TokenSource, unavailable } from "@auth/core";

/** In place of `node/gh-login.ts`, for workers: see `imports` in `package.json`. */
export function ghLogin(): TokenSource {
  return {
    name: "command gh",
    resolve: () => unavailable("there are no commands in this runtime", "Pass the option token."),
  };
}
