// Differs from basic.ts by the client: got asks `headers(url)` before each request. On a redirect it would take every
// header but `authorization` along to any origin, so what was added is taken out, and not added a second time.
import { type Auth, type AuthOptions, pylon } from "@auth/pylon";
import got, { type Got } from "got";

export function gotWith(auth: Auth): Got {
  return got.extend({
    prefixUrl: auth.baseUrl,
    hooks: {
      beforeRequest: [
        async (options) => {
          if (options.context["left"] === true) return;
          const headers = await auth.headers(String(options.url));
          // A header that the caller has set stays.
          options.headers = { ...headers, ...options.headers };
          options.context["added"] = Object.keys(headers);
        },
      ],
      beforeRedirect: [
        (options) => {
          if (auth.origins.includes(new URL(String(options.url)).origin)) return;
          options.context["left"] = true;
          for (const name of options.context["added"] as string[]) delete options.headers[name];
        },
      ],
    },
  });
}

export async function issueTitles(options: AuthOptions = {}): Promise<string[]> {
  const { data } = await gotWith(pylon(options))("issues?limit=10").json<{ data: { title: string }[] }>();
  return data.map(({ title }) => title);
}
