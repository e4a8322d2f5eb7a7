// Differs from basic.ts by the client: an undici dispatcher adds the token, here for `request`. Given to
// `setGlobalDispatcher`, it does so for everything that undici sends, and judges each request by its origin.
import { type AuthOptions, pylon } from "@auth/pylon";
import { authInterceptor } from "@auth/pylon/undici";
import { Agent, interceptors, request } from "undici";

export async function issueTitles(options: AuthOptions = {}): Promise<string[]> {
  const auth = pylon(options);
  const dispatcher = new Agent().compose(
    authInterceptor(auth), // judges each hop, since it comes before undici's own redirects
    interceptors.redirect({ maxRedirections: 5 }),
  );
  const { body } = await request(`${auth.baseUrl}/issues?limit=10`, { dispatcher });
  const { data } = (await body.json()) as { data: { title: string }[] };
  return data.map(({ title }) => title);
}
