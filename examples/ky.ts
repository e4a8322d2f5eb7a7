// Differs from basic.ts by the client: ky takes the auth's `fetch`, and adds retries, timeouts and typed JSON.
import { type AuthOptions, pylon } from "@auth/pylon";
import ky from "ky";

export async function issueTitles(options: AuthOptions = {}): Promise<string[]> {
  const auth = pylon(options);
  const api = ky.create({ baseUrl: auth.baseUrl, fetch: auth.fetch });
  const { data } = await api.get("issues?limit=10").json<{ data: { title: string }[] }>();
  return data.map(({ title }) => title);
}
