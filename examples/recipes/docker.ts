// Docker and Kubernetes mount a secret as a file, which belongs to root and is often open to all inside the container. It is read
// when a token is needed, and again after Pylon refused it: a secret that was changed needs no restart. It is in no variable,
// so that neither `docker inspect` nor a crash report shows it.
import { readFile } from "node:fs/promises";

import { type AuthOptions, pylon, type TokenFunction, unavailable } from "@auth/pylon";

/** The token out of a mounted file. */
export function fromMount(path: string): TokenFunction {
  return async ({ signal }) => {
    try {
      return await readFile(path, { encoding: "utf8", signal });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      return unavailable(`${path} is not mounted`, "Pass --secret, or secrets: in compose.yaml.");
    }
  };
}

export async function issueTitles(path = "/run/secrets/pylon_token", options: AuthOptions = {}) {
  const auth = pylon({ ...options, token: fromMount(path) });
  const response = await auth.fetch("/issues?limit=10");
  const { data } = (await response.json()) as { data: { title: string }[] };
  return data.map(({ title }) => title);
}
