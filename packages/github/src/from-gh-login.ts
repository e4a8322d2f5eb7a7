import { type TokenSource, unavailable, variable } from "@auth/core";

/** The login of `gh` for a host. What runs commands is loaded when it is first asked. */
export function fromGhLogin(host: string): TokenSource {
  return {
    name: `command gh auth token --hostname ${host}`,
    async resolve(context) {
      // Where nothing is known of this machine, as in a test with an environment of its own, nothing of it is asked.
      if ((variable(context.env, "PATH") ?? "") === "") return unavailable("PATH is not set");
      const { ghLogin } = await import("#gh-login");
      return ghLogin(host).resolve(context);
    },
  };
}
