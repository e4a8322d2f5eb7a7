// The base: one auth, and its `fetch` in the place of the platform's. Every other file differs from this one by a few lines.
import { type AuthOptions, pylon } from "@auth/pylon";

/** Titles of the newest issues. Without options, the token is the one in PYLON_API_TOKEN. */
export async function issueTitles(options: AuthOptions = {}): Promise<string[]> {
  const auth = pylon(options);
  const response = await auth.fetch("/issues?limit=10");
  const { data } = (await response.json()) as { data: { title: string }[] };
  return data.map(({ title }) => title);
}
